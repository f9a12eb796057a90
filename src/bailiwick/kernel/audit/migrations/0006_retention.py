"""What is over is removed by one function of the owner, which decides from periods and holds alone."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now

# A period that is new or shorter, and a hold that is lifted, count 30 days later: whoever gets hold of the right
# empties nothing before others had time to see it. The moments are the database's, whatever is written.
WAITING = """
CREATE FUNCTION audit_delay_period() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.organization_id <> OLD.organization_id OR NEW.kind <> OLD.kind
       OR coalesce(NEW.months, 32767) < coalesce(OLD.months, 32767) THEN
        NEW.counts_from := now() + interval '30 days';
    ELSE
        NEW.counts_from := OLD.counts_from;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_retention_delay BEFORE INSERT OR UPDATE ON audit_retentionperiod
    FOR EACH ROW EXECUTE FUNCTION audit_delay_period();

CREATE FUNCTION audit_delay_lifting() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.organization_id <> OLD.organization_id THEN
        RAISE EXCEPTION 'a hold stays where it was placed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.lifted_at := CASE WHEN NEW.lifted_at IS NOT NULL THEN coalesce(OLD.lifted_at, now()) END;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_hold_delay BEFORE UPDATE ON audit_legalhold
    FOR EACH ROW EXECUTE FUNCTION audit_delay_lifting();
"""
# Packages above that know of other holds replace it.
HELD = """
-- Organisations of which nothing may be removed now. Until the end of the transaction nobody places or lifts a hold.
CREATE FUNCTION audit_held() RETURNS SETOF uuid LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    LOCK TABLE audit_legalhold IN SHARE MODE;
    RETURN QUERY SELECT DISTINCT h.organization_id FROM audit_legalhold h
                  WHERE h.lifted_at IS NULL OR h.lifted_at > now() - interval '30 days';
END $$;
"""
# Whole months go, and none before all of it is older than the period.
REMOVING = """
CREATE FUNCTION audit_kept_from(months integer, moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN
    public.audit_first_key(
        date_trunc('month', (moment AT TIME ZONE 'UTC') - make_interval(months => months)) AT TIME ZONE 'UTC');

CREATE FUNCTION audit_due(of_table text) RETURNS TABLE (place uuid, kept_from uuid)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    LOCK TABLE audit_retentionperiod IN SHARE MODE;
    RETURN QUERY
        SELECT p.organization_id, audit_kept_from(greatest(p.months, 12), now())
          FROM audit_retentionperiod p
         WHERE of_table = CASE p.kind WHEN 'events' THEN 'audit_event' WHEN 'changes' THEN 'audit_change'
                                      WHEN 'reads' THEN 'audit_read' END
           AND p.months IS NOT NULL AND p.counts_from <= now()
           AND p.organization_id NOT IN (SELECT audit_held())
         ORDER BY 1;
END $$;

-- Whether every row of an organisation with a key below is under a seal; `part` is the table or one of its months.
CREATE FUNCTION audit_is_sealed(part text, of_place uuid, below uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    last record;
    has_open boolean;
BEGIN
    SELECT b.epoch, b.transaction_id, b.row_id INTO last FROM audit_block b
     WHERE b.organization_id = of_place ORDER BY b.number DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I r WHERE r.organization_id = $1 AND r.id < $2
                                      AND (r.epoch, r.transaction_id, r.id) > ($3, $4, $5))', part)
       INTO has_open USING of_place, below, last.epoch, last.transaction_id, last.row_id;
    RETURN NOT has_open;
END $$;

-- A month of which all organisations are past their period goes as a whole: its rows, or NULL where there is none.
CREATE FUNCTION audit_drop_month(of_table text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    part text;
    after_it uuid;
    is_kept boolean;
    removed bigint;
BEGIN
    FOR part, after_it IN
        SELECT c.relname::text,
               audit_first_key((to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC')
          FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = ('public.' || of_table)::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$' ORDER BY 1
    LOOP
        EXIT WHEN after_it > audit_kept_from(12, now());
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM public.tenancy_organization o
                             WHERE EXISTS (SELECT FROM public.%1$I r WHERE r.organization_id = o.id)
                               AND (o.id NOT IN (SELECT d.place FROM public.audit_due($1) d WHERE d.kept_from >= $2)
                                    OR NOT public.audit_is_sealed(%1$L, o.id, $2)))', part)
           INTO is_kept USING of_table, after_it;
        CONTINUE WHEN is_kept;
        -- From here to the end nobody writes into it; readers wait for the last moment alone.
        EXECUTE format('LOCK TABLE public.%I IN SHARE MODE', part);
        EXECUTE format(
            'WITH told AS (INSERT INTO public.audit_removal (organization_id, table_name, before, row_count)
                           SELECT r.organization_id, $1, $2, count(*) FROM public.%I r GROUP BY 1 RETURNING row_count)
             SELECT coalesce(sum(row_count), 0) FROM told', part)
           INTO removed USING of_table, after_it;
        EXECUTE format('DROP TABLE public.%I', part);
        RETURN removed;
    END LOOP;
    RETURN NULL;
END $$;

-- Rows of one organisation that are over in months that others keep: how many, or NULL where there are none.
CREATE FUNCTION audit_delete_old(of_table text, most integer) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    due record;
    removed bigint;
BEGIN
    FOR due IN SELECT d.place, d.kept_from FROM audit_due(of_table) d LOOP
        CONTINUE WHEN NOT audit_is_sealed(of_table, due.place, due.kept_from);
        EXECUTE format(
            'WITH old AS (SELECT id FROM public.%1$I WHERE organization_id = $1 AND id < $2 ORDER BY id LIMIT $3),
                  gone AS (DELETE FROM public.%1$I r USING old
                            WHERE r.organization_id = $1 AND r.id < $2 AND r.id = old.id RETURNING 1)
             SELECT count(*) FROM gone', of_table)
           INTO removed USING due.place, due.kept_from, most;
        CONTINUE WHEN removed = 0;
        INSERT INTO audit_removal (organization_id, table_name, before, row_count)
        VALUES (due.place, of_table, due.kept_from, removed);
        RETURN removed;
    END LOOP;
    RETURN NULL;
END $$;

-- One step: at most one month, or so many rows of one organisation. NULL: nothing is left to remove.
CREATE FUNCTION audit_remove_old(of_table text, most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    IF of_table NOT IN ('audit_event', 'audit_change', 'audit_read') THEN
        RAISE EXCEPTION 'nothing of % is ever removed', of_table USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN coalesce(audit_drop_month(of_table), audit_delete_old(of_table, most));
END $$;
"""
AMENDING = """
-- For rows whose content was erased just now: the digest of what stands there under its new salt, where a seal tells
-- of what stood there before. The columns are those that were sealed.
CREATE FUNCTION audit_amend(of_table text, of_rows uuid[], why text) RETURNS bigint LANGUAGE plpgsql
SET timezone = 'UTC' SET datestyle = 'ISO' SET intervalstyle = 'postgres' SET bytea_output = 'hex'
SET extra_float_digits = 1 SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    amended bigint;
BEGIN
    EXECUTE format(
        'INSERT INTO public.audit_amendment (organization_id, table_name, row_id, digest, reason)
         SELECT r.organization_id, $1, r.id, public.audit_digest(r.salt, to_jsonb(r), sealed.names), $3
           FROM public.%I r
          CROSS JOIN LATERAL (SELECT b.tables FROM public.audit_block b
                               WHERE b.organization_id = r.organization_id
                                 AND (b.epoch, b.transaction_id, b.row_id) >= (r.epoch, r.transaction_id, r.id)
                               ORDER BY b.epoch, b.transaction_id, b.row_id LIMIT 1) block
          CROSS JOIN LATERAL (SELECT array(SELECT jsonb_array_elements_text(each -> 1)) AS names
                                FROM jsonb_array_elements(block.tables) AS each WHERE each ->> 0 = $1) sealed
          WHERE r.id = ANY ($2)', of_table)
    USING of_table, of_rows, why;
    GET DIAGNOSTICS amended = ROW_COUNT;
    RETURN amended;
END $$;
"""
CLOSED = (
    "audit_held(), audit_due(text), audit_is_sealed(text, uuid, uuid), audit_drop_month(text),"
    " audit_delete_old(text, integer), audit_amend(text, uuid[], text)"
)
FORWARD = f"""
{WAITING}{HELD}{REMOVING}{AMENDING}
REVOKE ALL ON FUNCTION {CLOSED} FROM PUBLIC, {settings.DATABASE_RUNTIME_ROLE};
-- On a temporary table of its own the runtime role would have it write changes that never were, into any organisation.
REVOKE ALL ON FUNCTION audit_row_change() FROM PUBLIC, {settings.DATABASE_RUNTIME_ROLE};
REVOKE ALL ON FUNCTION audit_remove_old(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_remove_old(text, integer) TO {settings.DATABASE_RUNTIME_ROLE};
"""
BACKWARD = f"""
GRANT EXECUTE ON FUNCTION audit_row_change() TO PUBLIC;
DROP FUNCTION audit_remove_old(text, integer), {CLOSED}, audit_kept_from(integer, timestamptz);
DROP TRIGGER audit_retention_delay ON audit_retentionperiod;
DROP TRIGGER audit_hold_delay ON audit_legalhold;
DROP FUNCTION audit_delay_period(), audit_delay_lifting();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_sealing")]
    operations = [
        migrations.AlterField(
            "retentionperiod", "months", models.PositiveSmallIntegerField(null=True, verbose_name="months")
        ),
        migrations.AddField("retentionperiod", "counts_from", models.DateTimeField(db_default=Now(), editable=False)),
        migrations.AddIndex(
            "block",
            models.Index(fields=["organization", "epoch", "transaction_id", "row_id"], name="audit_block_reach"),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
