"""Bundles made by hand, as somebody would who wants a verifier to be content."""

import base64
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from bailiwick.kernel.audit.verifier import ENTRY, NOTHING, pack

ORGANIZATION = str(UUID(int=0xAA))
TABLES = ("audit_amendment", "audit_event", "audit_removal")
EVENT = TABLES.index("audit_event")
YEAR = 366 * 86_400_000
SALT = b"s" * 16

Line = Any


def key_at(moment: int, number: int = 0) -> str:
    """A key of a moment (milliseconds since 1970)."""
    return str(UUID(int=(moment << 80) + number))


def row(table: str, transaction_id: int, key: str, **columns: str) -> Line:
    place = {"epoch": "1", "id": key, "organization_id": ORGANIZATION, "transaction_id": str(transaction_id)}
    content = json.dumps(place | columns, sort_keys=True, separators=(",", ":"))
    return [TABLES.index(table), SALT.hex(), content]


def event(transaction_id: int, **columns: str) -> Line:
    return row("audit_event", transaction_id, str(UUID(int=transaction_id)), **columns)


def entry_of(line: Line) -> bytes:
    return pack(line[0], bytes.fromhex(line[1]), line[2])


def block(number: int, previous: str, rows: list[Line], at: str = "2026-03-01T09:31:00+00:00") -> Line:
    """A seal over rows that is whole in itself."""
    entries, last = b"".join(map(entry_of, rows)), json.loads(rows[-1][2])
    fields = {
        "at": at,
        "entries_digest": "\\x" + hashlib.sha256(entries).hexdigest(),
        "epoch": last["epoch"],
        "number": str(number),
        "organization_id": last["organization_id"],
        "previous": previous,
        "row_count": str(len(entries) // ENTRY),
        "row_id": last["id"],
        "tables": json.dumps([[name, []] for name in TABLES]),
        "transaction_id": last["transaction_id"],
    }
    content = json.dumps(fields, separators=(",", ":"))
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {"block": content, "hash": digest, "entries": base64.b64encode(entries).decode()}


def bundle(*seals: list[Line], at: str = "2026-03-01T09:31:00+00:00") -> list[Line]:
    """The lines of a bundle with a seal over each list of rows."""
    lines: list[Line] = [{"bundle": 1, "organization": ORGANIZATION, "slug": "acme", "at": at}]
    previous = NOTHING
    for number, rows in enumerate(seals, 1):
        seal = block(number, previous, rows, at)
        lines += [seal, *rows]
        previous = "\\x" + seal["hash"]
    return [*lines, {"end": len(seals)}]


def written(path: Path, lines: list[Line]) -> str:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    return str(path)
