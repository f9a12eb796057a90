"""Organisations with the number of their active members: the one thing that operators see of all of them."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION operators_places(words text, most integer)
RETURNS TABLE (id uuid, slug varchar, name varchar, is_active boolean, members bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT o.id, o.slug, o.name, o.is_active,
           (SELECT count(*) FROM public.identity_member m WHERE m.organization_id = o.id AND m.is_active)
      FROM public.tenancy_organization o
     WHERE strpos(lower(o.name || ' ' || o.slug), lower(words)) > 0
     ORDER BY lower(o.name), o.id
     LIMIT most
$$;
"""
BACKWARD = "DROP FUNCTION operators_places(text, integer);"


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial"), ("tenancy", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
