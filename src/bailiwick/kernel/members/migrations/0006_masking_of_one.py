"""The mask of an erasure reaches the rows that are about who is erased, and who has left, and no others."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("bailiwick.kernel.members.migrations.0003_masking").FORWARD
FORWARD = """
CREATE OR REPLACE FUNCTION members_mask_changes(erasure uuid, of_table text, of_rows uuid[], names text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place uuid := public.app_organization();
    whose record;
    theirs uuid[];
    masked bigint;
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
    UPDATE public.audit_change c
       SET columns = c.columns || (SELECT jsonb_object_agg(name, '["***", "***"]'::jsonb) FROM unnest(names) AS name
                                    WHERE c.columns ? name)
     WHERE c.table_name = of_table AND c.row_id = ANY (of_rows) AND c.row_id = ANY (theirs) AND c.columns ?| names
       AND (c.organization_id = place OR of_table = 'identity_user');
    GET DIAGNOSTICS masked = ROW_COUNT;
    RETURN masked;
END $$;
"""
BACKWARD = BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("members", "0005_invitation_function")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
