"""What has to be found before any organisation is known, and what a person does to their sessions in all of them."""

from django.db import migrations

FORWARD = """
CREATE INDEX identity_session_person ON identity_session (user_id, last_used_at);
CREATE INDEX identity_ticket_lookup ON identity_ticket (digest);

-- Whether a session is of use still: a browser's ends when it is left alone, and every one after its time.
CREATE FUNCTION identity_is_live(kind varchar, started timestamptz, used timestamptz, ended timestamptz,
                                 idle integer, absolute integer)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT ended IS NULL AND started > statement_timestamp() - make_interval(secs => coalesce(absolute, 2592000))
       AND (kind <> 'browser' OR used > statement_timestamp() - make_interval(secs => coalesce(idle, 43200)))
$$;

DROP FUNCTION identity_memberships(uuid);
-- Called by the switcher and at sign-in: all memberships of one person, across organisations.
CREATE FUNCTION identity_memberships(person uuid)
RETURNS TABLE (organization_id uuid, slug varchar, organization_name varchar, member_id uuid, employee_id varchar,
               department varchar, last_used_at timestamptz, methods varchar[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT o.id, o.slug, o.name, m.id, m.employee_id, m.department, m.last_used_at,
           CASE WHEN p.break_glass_id IS DISTINCT FROM m.id THEN p.methods END
      FROM public.identity_member m JOIN public.tenancy_organization o ON o.id = m.organization_id
      LEFT JOIN public.identity_signinpolicy p ON p.organization_id = m.organization_id
     WHERE m.user_id = person AND m.is_active AND o.is_active
     ORDER BY m.last_used_at DESC NULLS LAST, m.joined_at, m.id
$$;

-- A session is found by its id, which stands in a signed token or behind a cookie.
CREATE FUNCTION identity_session(wanted uuid)
RETURNS TABLE (organization_id uuid, member_id uuid, user_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.organization_id, s.member_id, s.user_id FROM public.identity_session s WHERE s.id = wanted
$$;

-- A person's sessions in all organisations, those that live first; for nobody but them.
CREATE FUNCTION identity_sessions(person uuid, most integer)
RETURNS TABLE (id uuid, organization_id uuid, slug varchar, organization_name varchar, kind varchar, method varchar,
               agent varchar, address inet, started_at timestamptz, last_used_at timestamptz, ended_at timestamptz,
               is_live boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.id, o.id, o.slug, o.name, s.kind, s.method, s.agent, s.address, s.started_at, s.last_used_at, s.ended_at,
           l.is_live
      FROM public.identity_session s JOIN public.tenancy_organization o ON o.id = s.organization_id
      LEFT JOIN public.identity_signinpolicy p ON p.organization_id = s.organization_id
     CROSS JOIN LATERAL (SELECT public.identity_is_live(s.kind, s.started_at, s.last_used_at, s.ended_at, p.idle,
                                                        p.absolute) AS is_live) l
     WHERE s.user_id = person
     ORDER BY l.is_live DESC, s.last_used_at DESC, s.id LIMIT most
$$;

-- Ends a person's sessions but one, in one organisation or in all.
CREATE FUNCTION identity_end_sessions(person uuid, kept uuid, place uuid, why text)
RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH over AS (
        UPDATE public.identity_session s SET ended_at = statement_timestamp(), "end" = why
         WHERE s.user_id = person AND s.ended_at IS NULL AND s.id IS DISTINCT FROM kept
           AND (place IS NULL OR s.organization_id = place)
        RETURNING 1)
    SELECT count(*) FROM over
$$;

-- A ticket is found by its SHA-256 alone; whoever does not know the ticket learns nothing.
CREATE FUNCTION identity_ticket(wanted bytea)
RETURNS TABLE (organization_id uuid, ticket_id uuid, member_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.organization_id, t.id, t.member_id FROM public.identity_ticket t WHERE t.digest = wanted
$$;

DROP FUNCTION identity_key(bytea);
-- A key is found by its SHA-256 alone; whoever does not know the key learns nothing.
CREATE FUNCTION identity_key(wanted bytea)
RETURNS TABLE (organization_id uuid, member_id uuid, key_id uuid, scopes varchar[], last_used_at timestamptz,
               rate integer, addresses varchar[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT k.organization_id, k.member_id, k.id, k.scopes, k.last_used_at, k.rate, k.addresses
      FROM public.identity_apikey k
     WHERE k.digest = wanted AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
       AND NOT EXISTS (
           SELECT FROM public.identity_signinpolicy p
             JOIN public.identity_member c ON c.organization_id = p.organization_id AND c.id = k.created_by_id
             LEFT JOIN public.identity_user u ON u.id = c.user_id
            WHERE p.organization_id = k.organization_id AND p.keys_end_with_creator
              AND NOT (c.is_active AND coalesce(u.is_active, true)))
$$;
"""
BACKWARD = """
DROP FUNCTION identity_key(bytea);
CREATE FUNCTION identity_key(wanted bytea)
RETURNS TABLE (organization_id uuid, member_id uuid, key_id uuid, scopes varchar[], last_used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT k.organization_id, k.member_id, k.id, k.scopes, k.last_used_at
      FROM public.identity_apikey k
     WHERE k.digest = wanted AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
$$;
DROP FUNCTION identity_ticket(bytea);
DROP FUNCTION identity_end_sessions(uuid, uuid, uuid, text);
DROP FUNCTION identity_sessions(uuid, integer);
DROP FUNCTION identity_session(uuid);
DROP FUNCTION identity_memberships(uuid);
CREATE FUNCTION identity_memberships(person uuid)
RETURNS TABLE (organization_id uuid, slug varchar, organization_name varchar, member_id uuid, employee_id varchar,
               department varchar, last_used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT o.id, o.slug, o.name, m.id, m.employee_id, m.department, m.last_used_at
      FROM public.identity_member m JOIN public.tenancy_organization o ON o.id = m.organization_id
     WHERE m.user_id = person AND m.is_active AND o.is_active
     ORDER BY m.last_used_at DESC NULLS LAST, m.joined_at, m.id
$$;
DROP FUNCTION identity_is_live(varchar, timestamptz, timestamptz, timestamptz, integer, integer);
DROP INDEX identity_ticket_lookup;
DROP INDEX identity_session_person;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_signing_in")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
