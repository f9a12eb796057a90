"""Reads are cut by month as well; what proves the trail is written by the owner of the tables alone."""

from django.conf import settings
from django.db import migrations

PARTITIONS = """
CREATE OR REPLACE FUNCTION audit_create_partitions(months integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET timezone = 'UTC' SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    parent text;
    first_day timestamptz;
    partition text;
BEGIN
    FOREACH parent IN ARRAY ARRAY[{parents}] LOOP
        FOR step IN 0..months LOOP
            first_day := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + make_interval(months => step);
            partition := parent || to_char(first_day AT TIME ZONE 'UTC', '_YYYY_MM');
            CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;
            EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)', partition, parent,
                public.audit_first_key(first_day), public.audit_first_key(first_day + interval '1 month'));
            PERFORM public.audit_close_partition(partition);
        END LOOP;
    END LOOP;
END $$;
"""
BEFORE = PARTITIONS.replace("{parents}", "'audit_event', 'audit_change'")
FORWARD = (
    PARTITIONS.replace("{parents}", "'audit_event', 'audit_change', 'audit_read'")
    + f"""
ALTER FUNCTION audit_close_partition(text) SET search_path = pg_catalog, public, pg_temp;
CREATE TABLE audit_read_default PARTITION OF audit_read DEFAULT;
SELECT audit_close_partition('audit_read_default');
SELECT audit_create_partitions(3);
REVOKE INSERT ON audit_block, audit_removal, audit_amendment FROM {settings.DATABASE_RUNTIME_ROLE};
"""
)
BACKWARD = (
    BEFORE
    + f"""
DROP TABLE audit_read_default;
GRANT INSERT ON audit_block, audit_removal, audit_amendment TO {settings.DATABASE_RUNTIME_ROLE};
"""
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_proof")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
