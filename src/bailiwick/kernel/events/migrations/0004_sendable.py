"""How a sender learns where there is something to send, and nothing more."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION events_sendable() RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH alive AS MATERIALIZED (
        SELECT (classid::bigint << 32) | objid::bigint AS hold FROM pg_locks
         WHERE locktype = 'advisory' AND objsubid = 1 AND granted
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    SELECT o.id FROM public.tenancy_organization o
     WHERE o.is_active AND EXISTS (
        SELECT FROM public.events_webhook w
         CROSS JOIN LATERAL (
            SELECT d.id FROM public.events_delivery d
             WHERE d.organization_id = o.id AND d.webhook_id = w.id AND d.state = 'waiting'
               AND d.available_at <= statement_timestamp()
            UNION ALL
            SELECT d.id FROM public.events_delivery d
             WHERE d.organization_id = o.id AND d.webhook_id = w.id AND d.state = 'sending'
               AND d.hold NOT IN (SELECT hold FROM alive)
             LIMIT 1
         ) due
         WHERE w.organization_id = o.id AND w.stop = '' AND w.removed_at IS NULL
     )
     ORDER BY o.id
$$;
"""
BACKWARD = "DROP FUNCTION events_sendable();"


class Migration(migrations.Migration):
    dependencies = [("events", "0003_webhooks"), ("tenancy", "0003_installation")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
