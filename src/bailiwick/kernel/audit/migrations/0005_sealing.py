"""What seals the trail, and recomputes what was sealed. docs/sealing.md describes the form; change neither alone."""

from django.conf import settings
from django.db import migrations

import bailiwick.kernel.audit.constraints

MODELS = ("Amendment", "Change", "Event", "Read", "Removal")

# What a value looks like as text must not depend on who asks.
FORM = "SET timezone = 'UTC' SET datestyle = 'ISO' SET intervalstyle = 'postgres' SET bytea_output = 'hex' SET extra_float_digits = 1"
SAFE = "SET search_path = pg_catalog, public, pg_temp"

FORWARD = f"""
-- RFC 8785 over strings and null: the names given, as they stand, each with its value as text.
CREATE FUNCTION audit_canonical(content jsonb, names text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE {SAFE} AS $$
    SELECT '{{' || string_agg(to_json(name)::text || ':' || coalesce(to_json(content ->> name)::text, 'null'), ',' ORDER BY place) || '}}'
      FROM unnest(names) WITH ORDINALITY AS n (name, place)
$$;
CREATE FUNCTION audit_digest(salt bytea, content jsonb, names text[]) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(salt || convert_to(audit_canonical(content, names), 'UTF8'));

-- A place in the order of writing.
CREATE TYPE audit_place AS (epoch smallint, transaction_id xid8, row_id uuid);

-- [[name, [column, ...]], ...]: every table whose rows are sealed, with what of them is.
CREATE FUNCTION audit_sealed_tables() RETURNS jsonb LANGUAGE sql STABLE {SAFE} AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_array(name, names - 'salt') ORDER BY name), '[]')
      FROM (SELECT c.relname::text COLLATE "C" AS name, jsonb_agg(a.attname ORDER BY a.attname::text COLLATE "C") AS names
              FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
             GROUP BY c.oid, c.relname
            HAVING count(*) FILTER (WHERE a.attname IN ('id', 'organization_id', 'epoch', 'transaction_id', 'salt')) = 5) AS found
$$;

-- What computes audit_canonical(to_jsonb(t), names) of the rows t of a table, in half the time: names that are gone are null.
CREATE FUNCTION audit_form(of_table regclass, names text[]) RETURNS text LANGUAGE sql STABLE {SAFE} AS $$
    SELECT '(SELECT row_to_json(r)::text FROM (SELECT ' || string_agg(
               CASE WHEN a.attname IS NULL THEN format('NULL::text AS %I', name)
                    WHEN a.atttypid = ANY ('{{text,varchar,uuid,int2,int4,int8,bool}}'::regtype[]) THEN format('t.%1$I::text AS %1$I', name)
                    ELSE format('to_jsonb(t.%1$I) #>> ''{{}}'' AS %1$I', name) END, ', ' ORDER BY place) || ' OFFSET 0) AS r)'
      FROM unnest(names) WITH ORDINALITY AS n (name, place)
      LEFT JOIN pg_attribute a ON a.attrelid = of_table AND a.attname = name AND a.attnum > 0 AND NOT a.attisdropped
$$;

-- What stands after one place up to another, in the order of writing. Tables that are gone have nothing.
CREATE FUNCTION audit_rows(beyond audit_place, upto audit_place, tables jsonb)
RETURNS TABLE (table_place smallint, row_id uuid, salt bytea, content text)
LANGUAGE plpgsql STABLE ROWS 10000 {SAFE} {FORM} AS $$
DECLARE
    parts text;
BEGIN
    SELECT string_agg(format('(SELECT %s::smallint AS place, t.epoch, t.transaction_id, t.id, t.salt, %s AS content'
               ' FROM public.%I t WHERE t.organization_id = $1 AND (t.epoch, t.transaction_id, t.id) > ($2, $3, $4)'
               ' AND (t.epoch, t.transaction_id, t.id) <= ($5, $6, $7))', n - 1,
               audit_form(format('public.%I', each ->> 0)::regclass, array(SELECT jsonb_array_elements_text(each -> 1))), each ->> 0), ' UNION ALL ')
      INTO parts
      FROM jsonb_array_elements(tables) WITH ORDINALITY AS listed (each, n)
     WHERE to_regclass(format('public.%I', each ->> 0)) IS NOT NULL;
    IF parts IS NOT NULL THEN
        RETURN QUERY EXECUTE format('SELECT place, id, salt, content FROM (%s) AS found ORDER BY epoch, transaction_id, id, place', parts)
            USING app_organization(), beyond.epoch, beyond.transaction_id, beyond.row_id, upto.epoch, upto.transaction_id, upto.row_id;
    END IF;
END $$;

-- The same as digests: 2 bytes for the place of the table, 16 for the key, 32 for SHA-256 over salt and content.
CREATE FUNCTION audit_entries(beyond audit_place, upto audit_place, tables jsonb) RETURNS bytea LANGUAGE sql STABLE {SAFE} AS $$
    SELECT coalesce(string_agg(int2send(table_place) || uuid_send(row_id) || sha256(salt || convert_to(content, 'UTF8')), ''::bytea ORDER BY place), '')
      FROM audit_rows(beyond, upto, tables) WITH ORDINALITY AS r (table_place, row_id, salt, content, place)
$$;

-- What a transaction below has written is all there, will not grow, and is all to be seen from the next statement on.
-- Transactions of other databases of the server write nothing here: however long they last, nothing waits for them.
CREATE FUNCTION audit_horizon() RETURNS xid8 LANGUAGE sql VOLATILE {SAFE} AS $$
    SELECT least(pg_snapshot_xmax(pg_current_snapshot()), pg_current_xact_id_if_assigned(),
                 (SELECT min(open) FROM pg_snapshot_xip(pg_current_snapshot()) AS open
                   WHERE NOT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                                      WHERE l.locktype = 'transactionid' AND l.granted AND l.transactionid = open::xid
                                        AND a.datname <> current_database())))
$$;

-- The place of the row up to which the next block seals; null where nothing final stands after `beyond`.
CREATE FUNCTION audit_next_place(beyond audit_place, tables jsonb, most integer) RETURNS audit_place
LANGUAGE plpgsql {SAFE} AS $$
DECLARE
    horizon xid8 := audit_horizon();
    parts text;
    found audit_place;
BEGIN
    SELECT string_agg(format('(SELECT t.epoch, t.transaction_id, t.id FROM public.%I t WHERE t.organization_id = $1'
               ' AND (t.epoch, t.transaction_id, t.id) > ($2, $3, $4) AND (t.epoch, t.transaction_id) < ($5, $6)'
               ' ORDER BY t.epoch, t.transaction_id, t.id LIMIT $7)', each ->> 0), ' UNION ALL ')
      INTO parts FROM jsonb_array_elements(tables) AS each;
    EXECUTE format('SELECT epoch, transaction_id, id FROM (SELECT * FROM (%s) AS found ORDER BY epoch, transaction_id, id LIMIT $7) AS next'
                   ' ORDER BY epoch DESC, transaction_id DESC, id DESC LIMIT 1', parts)
       INTO found USING app_organization(), beyond.epoch, beyond.transaction_id, beyond.row_id,
                        app_epoch(), horizon, most;
    RETURN CASE WHEN found.row_id IS NOT NULL THEN found END;
END $$;

-- What of a block is hashed: all but its entries, for which their digest stands.
CREATE FUNCTION audit_block_content(block audit_block) RETURNS text LANGUAGE sql STABLE {SAFE} {FORM} AS $$
    SELECT audit_canonical(
        jsonb_build_object('at', block.at, 'entries_digest', block.entries_digest, 'epoch', block.epoch, 'number', block.number,
            'organization_id', block.organization_id, 'previous', block.previous, 'row_count', block.row_count,
            'row_id', block.row_id, 'tables', block.tables, 'transaction_id', block.transaction_id),
        '{{at,entries_digest,epoch,number,organization_id,previous,row_count,row_id,tables,transaction_id}}')
$$;

-- Seal what is final in the organisation in scope: up to `blocks` of `most` rows each. How many were written; null while another seals.
CREATE FUNCTION audit_seal(blocks integer DEFAULT 10, most integer DEFAULT 10000) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER {SAFE} AS $$
DECLARE
    scope uuid := app_organization();
    tables jsonb := audit_sealed_tables();
    beyond audit_place;
    upto audit_place;
    last audit_block;
    next audit_block;
BEGIN
    IF scope IS NULL THEN
        RAISE EXCEPTION 'No organisation is in scope.';
    END IF;
    IF NOT pg_try_advisory_xact_lock(hashtextextended('audit.seal' || scope, 0)) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO last FROM audit_block WHERE organization_id = scope ORDER BY number DESC LIMIT 1;
    FOR written IN 0..blocks - 1 LOOP
        beyond := (coalesce(last.epoch, 0::smallint), coalesce(last.transaction_id, '0'),
                   coalesce(last.row_id, '00000000-0000-0000-0000-000000000000'))::audit_place;
        upto := audit_next_place(beyond, tables, least(most, 10000));
        IF upto IS NULL THEN
            RETURN written;
        END IF;
        next := NULL;
        next.id := uuidv7();
        next.organization_id := scope;
        next.number := coalesce(last.number, 0) + 1;
        next.at := clock_timestamp();
        next.previous := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
        next.epoch := upto.epoch;
        next.transaction_id := upto.transaction_id;
        next.row_id := upto.row_id;
        next.tables := tables;
        next.entries := audit_entries(beyond, upto, tables);
        next.row_count := length(next.entries) / 50;
        next.entries_digest := sha256(next.entries);
        next.hash := sha256(convert_to(audit_block_content(next), 'UTF8'));
        INSERT INTO audit_block SELECT next.*;
        last := next;
    END LOOP;
    RETURN blocks;
END $$;

-- Which organisations have rows that no block seals, and since when; of no other thing of theirs does it tell.
CREATE FUNCTION audit_unsealed() RETURNS TABLE (organization_id uuid, since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER {SAFE} AS $$
DECLARE
    parts text;
BEGIN
    SELECT string_agg(format('(SELECT t.id FROM public.%I t WHERE t.organization_id = o.id'
               ' AND (t.epoch, t.transaction_id, t.id) > (last.epoch, last.transaction_id, last.row_id)'
               ' ORDER BY t.epoch, t.transaction_id, t.id LIMIT 1)', each ->> 0), ' UNION ALL ')
      INTO parts FROM jsonb_array_elements(audit_sealed_tables()) AS each;
    RETURN QUERY EXECUTE format(
        'SELECT o.id, min(uuid_extract_timestamp(first.id)) FROM tenancy_organization o'
        ' CROSS JOIN LATERAL (SELECT b.epoch, b.transaction_id, b.row_id'
        ' FROM (SELECT 0::smallint AS epoch, ''0''::xid8 AS transaction_id, ''00000000-0000-0000-0000-000000000000''::uuid AS row_id, 0::bigint AS number'
        ' UNION ALL (SELECT b.epoch, b.transaction_id, b.row_id, b.number FROM audit_block b WHERE b.organization_id = o.id ORDER BY b.number DESC LIMIT 1)) AS b'
        ' ORDER BY b.number DESC LIMIT 1) AS last'
        ' CROSS JOIN LATERAL (%s) AS first GROUP BY o.id ORDER BY 2, 1', parts);
END $$;
REVOKE ALL ON FUNCTION audit_seal(integer, integer), audit_unsealed() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_seal(integer, integer), audit_unsealed() TO {settings.DATABASE_RUNTIME_ROLE};
"""
BACKWARD = """
DROP FUNCTION audit_unsealed(), audit_seal(integer, integer), audit_block_content(audit_block);
DROP FUNCTION audit_next_place(audit_place, jsonb, integer), audit_horizon(), audit_entries(audit_place, audit_place, jsonb);
DROP FUNCTION audit_rows(audit_place, audit_place, jsonb), audit_form(regclass, text[]), audit_sealed_tables();
DROP TYPE audit_place;
DROP FUNCTION audit_digest(bytea, jsonb, text[]), audit_canonical(jsonb, text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_upkeep")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        *(
            migrations.AddConstraint(
                model_name=name.lower(),
                constraint=bailiwick.kernel.audit.constraints.WrittenNow(name=f"audit_{name.lower()}_written_now"),
            )
            for name in MODELS
        ),
    ]
