"""Entering a scope and learning who one is, in one statement."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION access_load(wanted uuid, issued timestamptz)
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
       AND (u.id IS NULL OR (u.is_active AND issued >= u.credentials_valid_from))
     GROUP BY m.organization_id, m.id
$$;

-- Sets the scope of the present transaction, then reads as the runtime role under its policies.
CREATE FUNCTION access_enter(organization uuid, member uuid, issued timestamptz, request text)
RETURNS TABLE (organization_id uuid, member_id uuid, user_id uuid, name varchar, kind varchar,
               roles varchar[], object_roles varchar[], scopes varchar[])
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('app.organization', organization::text, true), set_config('app.member', member::text, true),
            set_config('app.user', '', true), set_config('app.request', request, true);
    RETURN QUERY SELECT l.*, NULL::varchar[] FROM access_load(member, issued) l;
    IF NOT FOUND THEN
        PERFORM set_config('app.organization', '', true), set_config('app.member', '', true);
    END IF;
END $$;

CREATE FUNCTION access_enter_by_key(wanted bytea, request text)
RETURNS TABLE (organization_id uuid, member_id uuid, user_id uuid, name varchar, kind varchar,
               roles varchar[], object_roles varchar[], scopes varchar[], key_id uuid, is_stale boolean)
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
                        key.last_used_at IS NULL OR key.last_used_at < now() - interval '1 minute'
                   FROM access_load(key.member_id, statement_timestamp()) l;
    IF NOT FOUND THEN
        PERFORM set_config('app.organization', '', true), set_config('app.member', '', true);
    END IF;
END $$;
"""
BACKWARD = """
DROP FUNCTION access_enter_by_key(bytea, text);
DROP FUNCTION access_enter(uuid, uuid, timestamptz, text);
DROP FUNCTION access_load(uuid, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("identity", "0002_functions")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
