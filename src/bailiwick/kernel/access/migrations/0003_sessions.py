"""Entering a scope by a session, of which everything is asked at every request."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("bailiwick.kernel.access.migrations.0002_functions").FORWARD
FORWARD = """
DROP FUNCTION access_enter_by_key(bytea, text);
DROP FUNCTION access_enter(uuid, uuid, timestamptz, text);
DROP FUNCTION access_load(uuid, timestamptz);

CREATE FUNCTION access_load(wanted uuid)
RETURNS TABLE (organization_id uuid, member_id uuid, user_id uuid, name varchar, kind varchar,
               roles varchar[], object_roles varchar[])
LANGUAGE sql STABLE AS $$
    SELECT m.organization_id, m.id, m.user_id, m.name, m.kind,
           coalesce(array_agg(g.role ORDER BY g.id) FILTER (WHERE g.id IS NOT NULL AND g.object_id IS NULL), '{}'),
           coalesce(array_agg(g.role ORDER BY g.id) FILTER (WHERE g.object_id IS NOT NULL), '{}')
      FROM identity_member m
      JOIN tenancy_organization o ON o.id = m.organization_id AND o.is_active
      LEFT JOIN identity_user u ON u.id = m.user_id
      LEFT JOIN access_grant g ON g.organization_id = m.organization_id AND g.member_id = m.id
           AND g.revoked_at IS NULL AND g.valid_from <= statement_timestamp()
           AND (g.valid_until IS NULL OR g.valid_until > statement_timestamp())
     WHERE m.id = wanted AND m.organization_id = (SELECT app_organization()) AND m.is_active
       AND coalesce(u.is_active, true)
     GROUP BY m.organization_id, m.id
$$;

-- Sets the scope of the present transaction, then reads as the runtime role under its policies.
CREATE FUNCTION access_enter(organization uuid, member uuid, request text)
RETURNS TABLE (organization_id uuid, member_id uuid, user_id uuid, name varchar, kind varchar,
               roles varchar[], object_roles varchar[], scopes varchar[])
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('app.organization', organization::text, true), set_config('app.member', member::text, true),
            set_config('app.user', '', true), set_config('app.request', request, true);
    RETURN QUERY SELECT l.*, NULL::varchar[] FROM access_load(member) l;
    IF NOT FOUND THEN
        PERFORM set_config('app.organization', '', true), set_config('app.member', '', true);
    END IF;
END $$;

CREATE FUNCTION access_enter_by_key(wanted bytea, request text)
RETURNS TABLE (organization_id uuid, member_id uuid, user_id uuid, name varchar, kind varchar,
               roles varchar[], object_roles varchar[], scopes varchar[], key_id uuid, is_stale boolean,
               rate integer, addresses varchar[])
LANGUAGE plpgsql AS $$
DECLARE
    key record;
BEGIN
    SELECT * INTO key FROM identity_key(wanted);
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM set_config('app.organization', key.organization_id::text, true),
            set_config('app.member', key.member_id::text, true),
            set_config('app.user', '', true), set_config('app.request', request, true);
    RETURN QUERY SELECT l.*, key.scopes, key.key_id,
                        key.last_used_at IS NULL OR key.last_used_at < now() - interval '1 minute',
                        key.rate, key.addresses
                   FROM access_load(key.member_id) l;
    IF NOT FOUND THEN
        PERFORM set_config('app.organization', '', true), set_config('app.member', '', true);
    END IF;
END $$;

-- A session that lives, of the kind that the credential is; `asked` are the ways in that the organisation takes,
-- where this session's is none of them: then no scope is entered.
CREATE FUNCTION access_enter_by_session(wanted uuid, wanted_kind text, request text)
RETURNS TABLE (organization_id uuid, member_id uuid, user_id uuid, name varchar, kind varchar,
               roles varchar[], object_roles varchar[], scopes varchar[], session_id uuid, method varchar,
               authenticated_at timestamptz, is_confined boolean, is_stale boolean, agent varchar, address inet,
               asked varchar[])
LANGUAGE plpgsql AS $$
DECLARE
    place record;
    session record;
BEGIN
    SELECT * INTO place FROM identity_session(wanted);
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM set_config('app.organization', place.organization_id::text, true),
            set_config('app.member', place.member_id::text, true),
            set_config('app.user', '', true), set_config('app.request', request, true);
    SELECT s.*, CASE WHEN s.method <> ALL (p.methods) AND p.break_glass_id IS DISTINCT FROM s.member_id
                     THEN p.methods END AS asked
      INTO session
      FROM identity_session s LEFT JOIN identity_signinpolicy p ON p.organization_id = s.organization_id
     WHERE s.id = wanted AND s.kind = wanted_kind
       AND identity_is_live(s.kind, s.started_at, s.last_used_at, s.ended_at, p.idle, p.absolute);
    IF FOUND THEN
        RETURN QUERY SELECT l.*, NULL::varchar[], session.id, session.method, session.authenticated_at,
                            session.is_confined, session.last_used_at < statement_timestamp() - interval '1 minute',
                            session.agent, session.address, session.asked
                       FROM access_load(place.member_id) l WHERE l.user_id = session.user_id;
    END IF;
    IF NOT FOUND OR session.asked IS NOT NULL THEN
        PERFORM set_config('app.organization', '', true), set_config('app.member', '', true);
    END IF;
END $$;
"""
BACKWARD = f"""
DROP FUNCTION access_enter_by_session(uuid, text, text);
DROP FUNCTION access_enter_by_key(bytea, text);
DROP FUNCTION access_enter(uuid, uuid, text);
DROP FUNCTION access_load(uuid);
SET LOCAL check_function_bodies = off;
{BEFORE}
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0002_functions"), ("identity", "0005_session_functions")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
