"""Finding readings by a record or a person through the owner's index, whatever the size of the report."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION disclosures_reads_of(wanted uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id FROM public.audit_read
     WHERE organization_id = (SELECT public.app_organization()) AND row_ids && wanted
$$;
CREATE FUNCTION disclosures_reads_about(wanted uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id FROM public.audit_read
     WHERE organization_id = (SELECT public.app_organization()) AND about_ids @> ARRAY[wanted]
$$;
"""
BACKWARD = """
DROP FUNCTION disclosures_reads_about(uuid);
DROP FUNCTION disclosures_reads_of(uuid[]);
"""


class Migration(migrations.Migration):
    dependencies = [("disclosures", "0001_initial"), ("audit", "0004_upkeep")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
