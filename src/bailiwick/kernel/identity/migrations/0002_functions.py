"""How a person's organisations and a key's owner are found before any organisation is known."""

from django.db import migrations

FORWARD = """
-- Called by the switcher and at sign-in: all memberships of one person, across organisations.
CREATE FUNCTION identity_memberships(person uuid)
RETURNS TABLE (organization_id uuid, slug varchar, organization_name varchar, member_id uuid, employee_id varchar,
               department varchar, last_used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT o.id, o.slug, o.name, m.id, m.employee_id, m.department, m.last_used_at
      FROM public.identity_member m JOIN public.tenancy_organization o ON o.id = m.organization_id
     WHERE m.user_id = person AND m.is_active AND o.is_active
     ORDER BY m.last_used_at DESC NULLS LAST, m.joined_at, m.id
$$;

-- A key is found by its SHA-256 alone; whoever does not know the key learns nothing.
CREATE FUNCTION identity_key(wanted bytea)
RETURNS TABLE (organization_id uuid, member_id uuid, key_id uuid, scopes varchar[], last_used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT k.organization_id, k.member_id, k.id, k.scopes, k.last_used_at
      FROM public.identity_apikey k
     WHERE k.digest = wanted AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
$$;
CREATE INDEX identity_apikey_lookup ON identity_apikey (digest);
CREATE INDEX identity_member_person ON identity_member (user_id);
"""
BACKWARD = """
DROP INDEX identity_member_person;
DROP INDEX identity_apikey_lookup;
DROP FUNCTION identity_key(bytea);
DROP FUNCTION identity_memberships(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
