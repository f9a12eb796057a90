"""Whoever waits for a second person holds nothing; and each role is looked up, so that many grants cost what one does."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("bailiwick.kernel.access.migrations.0005_role_functions").LOAD
HEAD = BEFORE[BEFORE.index("RETURNS TABLE") : BEFORE.index("     CROSS JOIN LATERAL (")]
TAIL = BEFORE[BEFORE.index("     WHERE m.id = wanted") :]
FIRST = """(SELECT true FROM access_grant g
                     WHERE g.organization_id = m.organization_id AND g.member_id = m.id AND g.role = r.code
                       AND g.object_id IS {reach} AND g.revoked_at IS NULL AND g.approved_at IS NOT NULL
                       AND g.valid_from <= statement_timestamp()
                       AND (g.valid_until IS NULL OR g.valid_until > statement_timestamp()) LIMIT 1)"""
# OFFSET 0 keeps each role from being looked up again wherever its answer is used.
FORWARD = f"""
CREATE OR REPLACE FUNCTION access_load(wanted uuid)
{HEAD}     CROSS JOIN LATERAL (
           SELECT array_agg(DISTINCT r.code) FILTER (WHERE r.over_all) AS roles,
                  array_agg(DISTINCT each.code) FILTER (WHERE r.over_all) AS rights,
                  array_agg(DISTINCT each.code) FILTER (WHERE r.over_some) AS object_rights
             FROM (SELECT r.organization_id, r.id, r.code,
                   {FIRST.format(reach="NULL")} AS over_all,
                   {FIRST.format(reach="NOT NULL")} AS over_some
                     FROM access_role r
                    WHERE r.organization_id = m.organization_id AND r.ended_at IS NULL OFFSET 0) r
             LEFT JOIN access_rolerights v ON v.organization_id = r.organization_id AND v.role_id = r.id
                  AND v.valid_until IS NULL
             LEFT JOIN LATERAL unnest(v.rights) AS each (code) ON true
            WHERE r.over_all OR r.over_some) held
{TAIL}"""
BACKWARD = BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("access", "0007_limits")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
