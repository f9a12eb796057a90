"""How the dispatcher learns where there are events to hand on, and nothing more."""

from django.db import migrations

FORWARD = """
-- A consumer that is new to the installation begins with what is written from now on; an organisation that is new is
-- handed on from its first event.
CREATE FUNCTION events_register(consumers text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH known AS (SELECT DISTINCT consumer FROM public.events_cursor)
    INSERT INTO public.events_cursor (organization_id, consumer, epoch, transaction_id, event_id)
    SELECT o.id, given.consumer,
           CASE WHEN known.consumer IS NULL THEN public.app_epoch() ELSE 0 END,
           CASE WHEN known.consumer IS NULL THEN public.audit_horizon() ELSE '0'::xid8 END,
           '00000000-0000-0000-0000-000000000000'
      FROM public.tenancy_organization o
     CROSS JOIN unnest(consumers) AS given(consumer)
      LEFT JOIN known ON known.consumer = given.consumer
     WHERE NOT EXISTS (SELECT FROM public.events_cursor c WHERE c.organization_id = o.id AND c.consumer = given.consumer)
    ON CONFLICT DO NOTHING
$$;

-- LIMIT and ORDER BY keep each look to one probe of the index on the order of writing.
CREATE FUNCTION events_pending(consumers text[]) RETURNS TABLE (organization_id uuid, consumer text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.organization_id, c.consumer
      FROM public.events_cursor c
      JOIN public.tenancy_organization o ON o.id = c.organization_id AND o.is_active
     CROSS JOIN (SELECT public.audit_horizon() AS transaction_id) horizon
     CROSS JOIN LATERAL (
        SELECT e.id FROM public.audit_event e
         WHERE e.organization_id = c.organization_id
           AND (e.epoch, e.transaction_id, e.id) > (c.epoch, c.transaction_id, c.event_id)
           AND (e.epoch, e.transaction_id) < (public.app_epoch(), horizon.transaction_id)
         ORDER BY e.epoch, e.transaction_id, e.id LIMIT 1
     ) next
     WHERE c.consumer = ANY (consumers) AND c.available_at <= statement_timestamp()
     ORDER BY c.organization_id, c.consumer
$$;
"""
BACKWARD = "DROP FUNCTION events_pending(text[]), events_register(text[]);"


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial"), ("audit", "0005_sealing")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
