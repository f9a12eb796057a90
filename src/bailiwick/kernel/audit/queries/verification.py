"""Recomputing what was sealed from what stands there now: verification, and bundles for others to verify."""

import base64
import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import IO, Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import now

from bailiwick.kernel.audit.verifier import AMENDMENTS, BEGINNING, REMOVALS, Anchor, Block, Chain, Excuses, Finding
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter

Place = tuple[str, str, str]
PIECE = 100
"""Blocks that are read at a time."""
TOGETHER = 10_000
"""Rows that are recomputed at a time, where blocks are small."""

BLOCKS = """
SELECT audit_block_content(b), encode(b.hash, 'hex'), b.entries FROM audit_block b
 WHERE b.organization_id = app_organization() AND b.number > %s ORDER BY b.number LIMIT %s
"""
ENTRIES = "SELECT audit_entries(%s::audit_place, %s::audit_place, %s)"
ROWS = "SELECT table_place, salt, content FROM audit_rows(%s::audit_place, %s::audit_place, %s)"
EXCUSES = """
SELECT table_place, salt, content
  FROM audit_rows(%s::audit_place, (app_epoch(), pg_snapshot_xmax(pg_current_snapshot()),
                                    'ffffffff-ffff-ffff-ffff-ffffffffffff')::audit_place,
                  (SELECT jsonb_agg(each) FROM jsonb_array_elements(audit_sealed_tables()) AS each
                    WHERE each ->> 0 = ANY (%s)))
"""


def name_of(organization: Organization) -> str:
    return f"{organization.slug} ({organization.id})"


def verify(
    organization: Organization,
    anchors: Iterable[Anchor],
    say: Callable[[Finding], Any],
    note: Callable[[Chain], Any] = lambda chain: None,
) -> Chain:
    """Check every seal of an organisation and every row behind it, saying each finding as it comes.

    `note` is told every now and then how far it is, outside of any transaction.
    """
    own = [anchor for anchor in anchors if anchor.organization == str(organization.id)]
    chain = Chain(name_of(organization), own)
    for blocks in _pieces(organization.id):
        for group in _groups(blocks):
            with enter(organization.id):
                for block, present in _present(chain.place, group):
                    if block.entries != present:
                        _add_excuses(chain.excuses)
                    for finding in chain.take(block, present):
                        say(finding)
            note(chain)
    for finding in chain.end(is_open=True):
        say(finding)
    return chain


def write_bundle(organization: Organization, file: IO[bytes]) -> int:
    """Write everything that is sealed of an organisation, for the verifier that needs no platform; how many rows."""
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=5) as packed:
        count = 0
        for line in _lines(organization):
            count += isinstance(line, list)
            packed.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return count


def _lines(organization: Organization) -> Iterator[Any]:
    head = {"bundle": 1, "organization": str(organization.id), "slug": organization.slug, "at": now().isoformat()}
    yield head
    place, number, excuses = BEGINNING, 0, Excuses()
    for blocks in _pieces(organization.id):
        for block in blocks:
            entries = base64.b64encode(block.entries).decode()
            yield {"block": block.content, "hash": block.hash, "entries": entries}
            if block.is_whole:
                with enter(organization.id):
                    for table, salt, content in _ask(ROWS, _bounds(place, block)):
                        yield [table, salt.hex(), content]
                    for known, salt, content in _add_excuses(excuses):
                        yield {"excuse": [known, salt.hex(), content]}
                place = block.place
            number = block.number
    yield {"end": number}


def _pieces(organization_id: UUID) -> Iterator[list[Block]]:
    """The blocks in their order, some at a time."""
    number, is_more = 0, True
    while is_more:
        with enter(organization_id):
            blocks = [
                Block(content, digest, bytes(entries)) for content, digest, entries in _ask(BLOCKS, [number, PIECE])
            ]
        is_more = len(blocks) == PIECE
        if blocks:
            yield blocks
            number = blocks[-1].number


def _groups(blocks: list[Block]) -> Iterator[list[Block]]:
    """Whole blocks over the same tables together, as long as they are small."""
    for (is_whole, _tables), same in groupby(blocks, key=lambda block: (block.is_whole, block.tables_text)):
        group: list[Block] = []
        for block in same:
            group.append(block)
            if not is_whole or sum(len(each.entries) for each in group) >= TOGETHER * 50:
                yield group
                group = []
        if group:
            yield group


def _present(place: Place, group: list[Block]) -> Iterator[tuple[Block, bytes]]:
    """Each block with the entries of what stands behind it now: asked together, and singly where they differ."""
    if not group[0].is_whole:
        yield group[0], b""
        return
    [(together,)] = _ask(ENTRIES, _bounds(place, group[-1]))
    is_equal = bytes(together) == b"".join(block.entries for block in group)
    for block in group:
        if is_equal:
            yield block, block.entries
        else:
            [(entries,)] = _ask(ENTRIES, _bounds(place, block))
            yield block, bytes(entries)
            place = block.place


def _add_excuses(excuses: Excuses) -> list[tuple[str, bytes, str]]:
    """Those since the last time; asked after the rows, so that none is missed that has changed them."""
    known = (AMENDMENTS, REMOVALS)
    asked = _ask(EXCUSES, [_text(excuses.place), list(known)])
    found = [(known[place], bytes(salt), content) for place, salt, content in asked]
    for table, salt, content in found:
        excuses.add(table, salt, content)
    return found


def _bounds(place: Place, block: Block) -> list[str]:
    return [_text(place), _text(block.place), block.tables_text]


def _text(place: Place) -> str:
    return f"({','.join(place)})"


def _ask(statement: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
