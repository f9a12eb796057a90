"""Seals of a world: what the owner of the tables alone may write."""

from django.db import connection

from tests.worlds import World, keys_of

PROOF = """
CREATE FUNCTION test_prove(place uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path=public, pg_temp AS $$
    INSERT INTO audit_block
           (organization_id, number, previous, epoch, transaction_id, row_id, row_count, tables,
            entries, entries_digest, hash)
    VALUES (place, 1, '', 1, '1', uuidv7(), 0, '[]', '', '', '');
    INSERT INTO audit_removal (organization_id, table_name, before, row_count)
    VALUES (place, 'audit_read', uuidv7(), 1);
    INSERT INTO audit_amendment (organization_id, table_name, row_id, digest, reason)
    VALUES (place, 'audit_change', uuidv7(), '', 'erasure');
$$
"""
"""Writes what the owner of the tables alone may write: a seal of nothing, and rows that excuse nothing."""


def prove(world: World) -> World:
    """The world with a row in the tables of seals as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT test_prove(%s)", [world.organization.id])
    world.keys |= {
        key for table in ("audit_block", "audit_removal", "audit_amendment") for key in keys_of(world, table)
    }
    return world
