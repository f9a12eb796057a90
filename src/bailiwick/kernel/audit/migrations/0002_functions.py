"""The trigger that records changes, and the upkeep of partitions."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_row_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    masked text[] := TG_ARGV[0]::text[];
    skipped text[] := TG_ARGV[1]::text[];
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) - skipped END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) - skipped END;
    whole jsonb := CASE WHEN TG_OP = 'DELETE' THEN old_row ELSE new_row END;
    changed jsonb;
BEGIN
    IF old_row = new_row THEN
        RETURN NULL;
    END IF;
    SELECT jsonb_object_agg(name, CASE WHEN name = ANY (masked)
               THEN '["***", "***"]'::jsonb ELSE jsonb_build_array(old_row -> name, new_row -> name) END)
      INTO changed
      FROM jsonb_object_keys(whole) AS name
     WHERE old_row -> name IS DISTINCT FROM new_row -> name;
    INSERT INTO audit_change (organization_id, table_name, row_id, operation, columns, member_id, request_id)
    VALUES (
        coalesce((whole ->> 'organization_id')::uuid, (SELECT id FROM tenancy_organization WHERE slug = 'installation')),
        TG_TABLE_NAME, (whole ->> 'id')::uuid, TG_OP, changed,
        nullif(current_setting('app.member', true), '')::uuid, coalesce(current_setting('app.request', true), '')
    );
    RETURN NULL;
END $$;

-- The smallest UUIDv7 of a moment: keys carry their time, so a table that is cut by key is cut by month.
CREATE FUNCTION audit_first_key(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

CREATE FUNCTION audit_create_partitions(months integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET timezone = 'UTC' SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    parent text;
    first_day timestamptz;
    partition text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['audit_event', 'audit_change'] LOOP
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

-- A partition reached by its own name would answer without the parent's policy: nobody but the owner may.
CREATE FUNCTION audit_close_partition(partition text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    grantee text;
BEGIN
    FOR grantee IN SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
        WHERE g.table_schema = 'public' AND g.table_name = partition AND g.grantee <> current_user
    LOOP
        EXECUTE format('REVOKE ALL ON public.%I FROM %I', partition, grantee);
    END LOOP;
END $$;

-- What comes for a month that has none is taken by the default, so that the first of a month never stops writes.
CREATE TABLE audit_event_default PARTITION OF audit_event DEFAULT;
CREATE TABLE audit_change_default PARTITION OF audit_change DEFAULT;
SELECT audit_close_partition('audit_event_default'), audit_close_partition('audit_change_default');
SELECT audit_create_partitions(3);
"""
BACKWARD = """
DROP FUNCTION audit_create_partitions(integer);
DROP FUNCTION audit_close_partition(text);
DROP FUNCTION audit_first_key(timestamptz);
DROP FUNCTION audit_row_change();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
