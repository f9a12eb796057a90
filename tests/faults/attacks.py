"""What whoever may do anything in the database could do to a trail, at random, and what has to be said of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from bailiwick.kernel.audit.verifier import unpack

TABLES = ("audit_event", "audit_change", "decisions_decision")

# What another value of each type is, whatever stands there.
OTHERS = {
    "uuid": "uuidv7()",
    "text": "coalesce({0}, '') || 'x'",
    "varchar": "left('x' || coalesce({0}, ''), {1})",
    "jsonb": "jsonb_build_object('forged', {0})",
    "timestamptz": "{0} - interval '1 second'",
    "bool": "NOT {0}",
    "int2": "{0} + 1",
    "int4": "{0} + 1",
    "bytea": "uuid_send(gen_random_uuid())",
    "inet": "'192.0.2.1'",
    "xid8": "({0}::text::bigint + 1)::text::xid8",
}
COLUMNS = """
SELECT a.attname, t.typname, greatest(a.atttypmod - 4, 0) FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
 WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
COPY = """
INSERT INTO {0} SELECT (jsonb_populate_record(NULL::{0}, to_jsonb(t) || %s)).* FROM {0} t WHERE id = %s RETURNING id
"""
RESEAL = """
UPDATE audit_block b SET previous = p.hash, entries = audit_entries(
       (p.epoch, p.transaction_id, p.row_id)::audit_place, (b.epoch, b.transaction_id, b.row_id)::audit_place, b.tables)
  FROM (SELECT number, hash, epoch, transaction_id, row_id FROM audit_block WHERE organization_id = app_organization()
        UNION ALL SELECT 0, decode(repeat('00', 32), 'hex'), 0, '0', '00000000-0000-0000-0000-000000000000') AS p
 WHERE b.id = %s AND p.number = b.number - 1
"""
FORGE = "UPDATE audit_block b SET hash = sha256(convert_to(audit_block_content(b), 'UTF8')) WHERE id = %s"


@dataclass(frozen=True)
class Row:
    """A sealed row, and the number of its block."""

    table: str
    id: UUID
    block: int


@dataclass(frozen=True)
class Expected:
    """A block that is to be named, and the row in it; "" for the block itself."""

    block: int
    row: str


Attack = Callable[["Sealed", Random], list[Expected]]


class Sealed:
    """What is sealed of one organisation, as whoever attacks it knows it."""

    def __init__(self, organization_id: UUID) -> None:
        self.organization_id = organization_id
        self.rows: list[Row] = []
        asked = "SELECT number, entries, tables FROM audit_block WHERE organization_id = %s ORDER BY number"
        for number, entries, tables in ask(asked, organization_id):
            names = [name for name, _columns in json.loads(tables)]
            keys = unpack(bytes(entries))
            self.rows += [Row(names[int.from_bytes(key[:2])], UUID(bytes=key[2:]), number) for key in keys]
        self.last = max(row.block for row in self.rows)

    def pick(self, random: Random) -> Row:
        table = random.choice(TABLES)
        return random.choice([row for row in self.rows if row.table == table])

    def block_id(self, number: int) -> UUID:
        [(key,)] = ask(
            "SELECT id FROM audit_block WHERE organization_id = %s AND number = %s", self.organization_id, number
        )
        return UUID(str(key))


def ask(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def change(sealed: Sealed, random: Random) -> list[Expected]:
    """Any column at all, its place in the order of writing, its salt and its owner included."""
    row = sealed.pick(random)
    column, kind, length = random.choice(ask(COLUMNS, row.table))
    other = OTHERS[kind].format(f'"{column}"', length)
    ask(f'UPDATE {row.table} SET "{column}" = {other} WHERE id = %s', row.id)
    return [Expected(row.block, str(row.id))]


def delete(sealed: Sealed, random: Random) -> list[Expected]:
    row = sealed.pick(random)
    ask(f"DELETE FROM {row.table} WHERE id = %s", row.id)
    return [Expected(row.block, str(row.id))]


def insert(sealed: Sealed, random: Random) -> list[Expected]:
    """Beside another, as if it had been written with it."""
    row = sealed.pick(random)
    key = UUID(int=row.id.int - random.randint(1, 255))
    given = f'{{"id": "{key}", "item_id": "{UUID(int=random.getrandbits(128))}", "supersedes_id": null}}'
    ask(COPY.format(row.table), given, row.id)
    return [Expected(row.block, str(key))]


def reorder(sealed: Sealed, random: Random) -> list[Expected]:
    """Two rows of different times change places."""
    one = sealed.pick(random)
    first, second, other = _time(one), _time(one), one
    while first == second:
        other = sealed.pick(random)
        second = _time(other)
    for row, transaction_id in ((one, second), (other, first)):
        ask(f"UPDATE {row.table} SET transaction_id = %s::xid8 WHERE id = %s", transaction_id, row.id)
    return [Expected(row.block, str(row.id)) for row in (one, other)]


def _time(row: Row) -> str:
    [(transaction_id,)] = ask(f"SELECT transaction_id::text FROM {row.table} WHERE id = %s", row.id)
    return str(transaction_id)


def drop(sealed: Sealed, random: Random) -> list[Expected]:
    number = random.randint(1, sealed.last)
    ask("DELETE FROM audit_block WHERE id = %s", sealed.block_id(number))
    return [Expected(number, "")]


def cut_off(sealed: Sealed, random: Random) -> list[Expected]:
    number = random.randint(1, sealed.last)
    ask("DELETE FROM audit_block WHERE organization_id = %s AND number >= %s", sealed.organization_id, number)
    return [Expected(number, "")]


def truncate(sealed: Sealed, random: Random) -> list[Expected]:
    ask("TRUNCATE audit_block")
    return [Expected(1, "")]


def alter(sealed: Sealed, random: Random) -> list[Expected]:
    """One column of a seal, without making it fit."""
    number = random.randint(1, sealed.last)
    changes = (
        "at = at - interval '1 s'",
        "hash = sha256(hash)",
        "entries = entries || entries",
        "row_count = 1 + row_count",
    )
    ask(f"UPDATE audit_block SET {random.choice(changes)} WHERE id = %s", sealed.block_id(number))
    return [Expected(number, "")]


def replace(sealed: Sealed, random: Random) -> list[Expected]:
    """One seal by another that is whole in itself."""
    number = random.randint(1, sealed.last)
    ask("UPDATE audit_block SET at = at - interval '1 s' WHERE id = %s", sealed.block_id(number))
    ask(FORGE, sealed.block_id(number))
    return [Expected(number, "")]


def swap(sealed: Sealed, random: Random) -> list[Expected]:
    one, other = random.sample(range(1, sealed.last + 1), 2)
    first, second = sealed.block_id(one), sealed.block_id(other)
    for key, number in ((first, sealed.last + 9), (second, one), (first, other)):
        ask("UPDATE audit_block SET number = %s WHERE id = %s", number, key)
    return [Expected(one, ""), Expected(other, "")]


def rewrite(sealed: Sealed, random: Random) -> list[Expected]:
    """A row, its seal and every later one, so that all fit together: nothing but an anchor knows better."""
    row = sealed.pick(random)
    ask(f"UPDATE {row.table} SET salt = sha256(salt) WHERE id = %s", row.id)
    for number in range(row.block, sealed.last + 1):
        key = sealed.block_id(number)
        ask(RESEAL, key)
        ask("UPDATE audit_block SET entries_digest = sha256(entries) WHERE id = %s", key)
        ask(FORGE, key)
    return [Expected(row.block, "")]


ATTACKS: tuple[Attack, ...] = (change, delete, insert, reorder, drop, cut_off, truncate, alter, replace, swap, rewrite)
EXACT = (delete, insert, drop, cut_off, truncate)
"""Of which nothing else is to be said."""
