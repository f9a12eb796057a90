"""An erasure gives what it masks a new salt and says so where it was sealed; holds on people keep the trail as well."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("bailiwick.kernel.members.migrations.0006_masking_of_one").FORWARD
MASKING = """
CREATE OR REPLACE FUNCTION members_mask_changes(erasure uuid, of_table text, of_rows uuid[], names text[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place uuid := public.app_organization();
    whose record;
    theirs uuid[];
    masked uuid[];
BEGIN
    SELECT m.id, m.user_id INTO whose
      FROM public.members_erasure e
      JOIN public.identity_member m ON m.organization_id = e.organization_id AND m.id = e.member_id AND NOT m.is_active
     WHERE e.id = erasure AND e.organization_id = place AND e.erased_at >= transaction_timestamp();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no erasure is under way' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF of_table = 'identity_user' THEN
        theirs := CASE WHEN public.identity_is_elsewhere(whose.user_id, place) THEN '{}' ELSE ARRAY[whose.user_id] END;
    ELSE
        EXECUTE format('SELECT array_agg(r.id) FROM public.%I r WHERE r.organization_id = $1 AND r.id = ANY ($2)
                           AND coalesce(to_jsonb(r) ->> ''member_id'', r.id::text) = $3::text', of_table)
           INTO theirs USING place, of_rows, whose.id;
    END IF;
    -- No block is written meanwhile: it would seal what is erased here, and nothing would say so.
    PERFORM pg_advisory_xact_lock(hashtextextended('audit.seal' || o.id, 0)) FROM public.tenancy_organization o
      WHERE o.id = place OR of_table = 'identity_user' AND o.slug = 'installation';
    WITH written AS (
        UPDATE public.audit_change c
           SET columns = c.columns || (SELECT jsonb_object_agg(name, '["***", "***"]'::jsonb) FROM unnest(names) AS name
                                        WHERE c.columns ? name),
               salt = uuid_send(gen_random_uuid())
         WHERE c.table_name = of_table AND c.row_id = ANY (of_rows) AND c.row_id = ANY (theirs) AND c.columns ?| names
           AND (c.organization_id = place OR of_table = 'identity_user')
        RETURNING c.id)
    SELECT coalesce(array_agg(id), '{}') INTO masked FROM written;
    PERFORM public.audit_amend('audit_change', masked, 'erasure ' || erasure);
    RETURN cardinality(masked);
END $$;
"""
HOLDS = """
CREATE OR REPLACE FUNCTION audit_held() RETURNS SETOF uuid LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    LOCK TABLE audit_legalhold, members_retentionhold IN SHARE MODE;
    RETURN QUERY SELECT h.organization_id FROM audit_legalhold h
                  WHERE h.lifted_at IS NULL OR h.lifted_at > now() - interval '30 days'
                  UNION
                 SELECT h.organization_id FROM members_retentionhold h
                  WHERE h.lifted_at IS NULL AND (h.valid_until IS NULL OR h.valid_until > now());
END $$;
"""
HELD_BEFORE = import_module("bailiwick.kernel.audit.migrations.0006_retention").HELD
BACKWARD = BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION") + HELD_BEFORE.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)


class Migration(migrations.Migration):
    dependencies = [("members", "0006_masking_of_one"), ("audit", "0006_retention")]
    operations = [migrations.RunSQL(MASKING + HOLDS, BACKWARD)]
