"""An invitation is found by its link, before anybody has a place to look in; nothing else is told."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION members_invitation(wanted bytea) RETURNS TABLE (organization_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.organization_id, i.id
      FROM public.members_invitation i
      JOIN public.tenancy_organization o ON o.id = i.organization_id AND o.is_active
     WHERE i.digest = wanted
$$;
"""
BACKWARD = "DROP FUNCTION members_invitation(bytea);"


class Migration(migrations.Migration):
    dependencies = [("members", "0004_mailed_invitations")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
