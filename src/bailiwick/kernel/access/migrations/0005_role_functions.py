"""Rights come from the rows: what the credential's member may is read with the scope, in the one statement."""

from importlib import import_module
from typing import Any

from django.db import migrations

from bailiwick.kernel.base.manifest import registry

BEFORE = import_module("bailiwick.kernel.access.migrations.0003_sessions").FORWARD
BEFORE = BEFORE[BEFORE.index("CREATE FUNCTION access_load") :]
ENTER = BEFORE[BEFORE.index("-- Sets the scope") :]
OLDER, NEWER = "roles varchar[], object_roles varchar[]", "roles varchar[], rights varchar[], object_rights varchar[]"
DROP = """
DROP FUNCTION access_enter_by_session(uuid, text, text);
DROP FUNCTION access_enter_by_key(bytea, text);
DROP FUNCTION access_enter(uuid, uuid, text);
DROP FUNCTION access_load(uuid);
"""
LOAD = f"""
CREATE FUNCTION access_load(wanted uuid)
RETURNS TABLE (organization_id uuid, member_id uuid, user_id uuid, name varchar, kind varchar, {NEWER})
LANGUAGE sql STABLE AS $$
    SELECT m.organization_id, m.id, m.user_id, m.name, m.kind,
           coalesce(held.roles, '{{}}'), coalesce(held.rights, '{{}}'), coalesce(held.object_rights, '{{}}')
      FROM identity_member m
      JOIN tenancy_organization o ON o.id = m.organization_id AND o.is_active
      LEFT JOIN identity_user u ON u.id = m.user_id
     CROSS JOIN LATERAL (
           SELECT array_agg(DISTINCT r.code) FILTER (WHERE NOT g.is_over_object) AS roles,
                  array_agg(DISTINCT each.code) FILTER (WHERE NOT g.is_over_object) AS rights,
                  array_agg(DISTINCT each.code) FILTER (WHERE g.is_over_object) AS object_rights
             FROM (SELECT DISTINCT g.role, g.object_id IS NOT NULL AS is_over_object
                     FROM access_grant g
                    WHERE g.organization_id = m.organization_id AND g.member_id = m.id
                      AND g.revoked_at IS NULL AND g.valid_from <= statement_timestamp()
                      AND (g.valid_until IS NULL OR g.valid_until > statement_timestamp())) g
             JOIN access_role r ON r.organization_id = m.organization_id AND r.code = g.role AND r.ended_at IS NULL
             LEFT JOIN access_rolerights v ON v.organization_id = m.organization_id AND v.role_id = r.id
                  AND v.valid_until IS NULL
             LEFT JOIN LATERAL unnest(v.rights) AS each (code) ON true) held
     WHERE m.id = wanted AND m.organization_id = (SELECT app_organization()) AND m.is_active
       AND coalesce(u.is_active, true)
$$;
"""
FORWARD = DROP + LOAD + ENTER.replace(OLDER, NEWER)
BACKWARD = DROP + BEFORE


# From an organisation's first day: what was granted before has meant these rights all the time.
ROLES = """
WITH declared AS (
    INSERT INTO access_role (organization_id, code, own_title, is_declared, created_at)
    SELECT id, %(code)s, '', true, created_at FROM tenancy_organization
    RETURNING organization_id, id, created_at)
INSERT INTO access_rolerights (organization_id, role_id, rights, valid_from)
SELECT organization_id, id, %(rights)s, created_at FROM declared
"""


def write_roles(apps: Any, schema_editor: Any) -> None:
    """The declared roles into every organisation that exists."""
    for role in registry().roles.values():
        schema_editor.execute(ROLES, {"code": role.code, "rights": sorted(role.rights)})


class Migration(migrations.Migration):
    dependencies = [("access", "0004_roles")]
    operations = [
        migrations.RunPython(write_roles, migrations.RunPython.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
