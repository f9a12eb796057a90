"""Whether other organisations know a person: what one of them may end depends on it, and nothing else is told."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION identity_is_elsewhere(person uuid, place uuid)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.identity_member m WHERE m.user_id = person AND m.organization_id <> place)
$$;
"""
BACKWARD = "DROP FUNCTION identity_is_elsewhere(uuid, uuid);"


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_session_functions")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
