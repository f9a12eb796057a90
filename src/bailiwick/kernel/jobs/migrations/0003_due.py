"""How the scheduler learns where there is something to do, and nothing more."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION jobs_due() RETURNS TABLE (organization_id uuid, jobs bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH alive AS MATERIALIZED (
        SELECT (classid::bigint << 32) | objid::bigint AS hold FROM pg_locks
         WHERE locktype = 'advisory' AND objsubid = 1 AND granted
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    SELECT j.organization_id, count(*)
      FROM public.jobs_job j JOIN public.tenancy_organization o ON o.id = j.organization_id AND o.is_active
     WHERE j.finished_at IS NULL AND j.available_at <= statement_timestamp()
       AND (j.state = 'waiting' OR coalesce(j.hold, 0) NOT IN (SELECT hold FROM alive))
     GROUP BY j.organization_id
$$;
"""
BACKWARD = "DROP FUNCTION jobs_due();"


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_holds"), ("tenancy", "0003_installation")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
