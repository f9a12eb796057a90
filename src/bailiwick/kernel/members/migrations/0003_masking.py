"""What the trail shows of a row before its personal columns were erased is masked: by this function, and no other way."""

from django.db import migrations

# It needs an erasure of the present transaction, reaches one organisation, takes no row away, and writes nothing but
# the mask. What the installation's trail says of a person's own account goes with the last membership.
FORWARD = """
CREATE FUNCTION members_mask_changes(erasure uuid, of_table text, of_rows uuid[], names text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    masked bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM public.members_erasure e WHERE e.id = erasure
                      AND e.organization_id = public.app_organization() AND e.erased_at >= transaction_timestamp()) THEN
        RAISE EXCEPTION 'no erasure is under way' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE public.audit_change c
       SET columns = c.columns || (SELECT jsonb_object_agg(name, '["***", "***"]'::jsonb) FROM unnest(names) AS name
                                    WHERE c.columns ? name)
     WHERE c.table_name = of_table AND c.row_id = ANY (of_rows) AND c.columns ?| names
       AND (c.organization_id = public.app_organization()
            OR of_table = 'identity_user' AND EXISTS (
               SELECT FROM public.members_erasure e
                 JOIN public.identity_member m ON m.organization_id = e.organization_id AND m.id = e.member_id
                WHERE e.id = erasure AND m.user_id = c.row_id
                  AND NOT public.identity_is_elsewhere(m.user_id, m.organization_id)));
    GET DIAGNOSTICS masked = ROW_COUNT;
    RETURN masked;
END $$;
"""
BACKWARD = "DROP FUNCTION members_mask_changes(uuid, text, uuid[], text[]);"


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0002_lapsed"),
        ("audit", "0002_functions"),
        ("identity", "0009_managers"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
