#!/usr/bin/env python3
"""Verify the trail of an organisation from a bundle, without the platform that wrote it: docs/sealing.md.

One file, the standard library, Python 3.9 or newer: `python verifier.py BUNDLE --anchors FILE`. It reads as it goes,
so a bundle may be larger than memory. Exit code 0: everything is as it was sealed; 1: it is not; 2: it cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import json
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any, NamedTuple
from uuid import UUID

ENTRY, KEY = 50, 18
"""Bytes of a sealed row: two for the place of its table, sixteen for its key, the rest for its digest."""
Place = tuple[str, str, str]
"""In the order of writing: epoch of the cluster, transaction, key."""
NOTHING = "\\x" + "00" * 32
BEGINNING: Place = ("0", "0", str(UUID(int=0)))
REMOVALS, AMENDMENTS = "audit_removal", "audit_amendment"
DAY = 86_400_000
SHORTEST = 360 * DAY
"""Milliseconds for which every row is kept at least: a removal of younger ones excuses nothing."""
LONGEST_LINE = 1 << 28
"""Characters of a line of a bundle."""
Source = tuple[str, str]
"""Table and key of a row that excuses others."""
FAULTS = (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)
"""What reading something that is not of the form ends in."""


class Unreadable(ValueError):
    """What was given is no bundle, or no file of anchors."""


class Finding(NamedTuple):
    """Something that is not as it was sealed: a block, or a row that a block sealed."""

    organization: str
    block: int
    what: str
    table: str = ""
    row: str = ""

    def __str__(self) -> str:
        place = f"{self.organization}, block {self.block}"
        return f"{place}: row {self.row} of {self.table} {self.what}" if self.row else f"{place} {self.what}"


class Anchor(NamedTuple):
    """One seal as it was put somewhere outside."""

    organization: str
    number: int
    hash: str
    at: str


class Block:
    """One seal: the text that was hashed, and the entries whose digest stands in it."""

    def __init__(self, content: str, hash: str, entries: bytes) -> None:
        self.content, self.hash, self.entries = content, hash, entries
        fields = json.loads(content)
        self.organization, self.number, self.at = fields["organization_id"], int(fields["number"]), fields["at"]
        self.previous, self.tables_text = fields["previous"], fields["tables"]
        self.tables = _names(self.tables_text)
        self.place = (fields["epoch"], fields["transaction_id"], fields["row_id"])
        keys = unpack(entries)
        self.is_whole = (
            hash == hashlib.sha256(content.encode()).hexdigest()
            and fields["entries_digest"] == "\\x" + hashlib.sha256(entries).hexdigest()
            and int(fields["row_count"]) * ENTRY == len(keys) * ENTRY == len(entries)
            and all(int.from_bytes(key[:2], "big") < len(self.tables) for key in keys)
        )

    def name(self, key: bytes) -> Source:
        """Table and key of an entry."""
        return self.tables[int.from_bytes(key[:2], "big")], str(UUID(bytes=key[2:]))


def _names(tables: str) -> list[str]:
    """Of the tables by place; none where the text is not of that form."""
    try:
        return [str(name) for name, _columns in json.loads(tables)]
    except (ValueError, TypeError):
        return []


def pack(place: int, salt: bytes, content: str) -> bytes:
    """The entry of a row, from what stands there now."""
    key = UUID(json.loads(content)["id"]).bytes
    return place.to_bytes(2, "big") + key + hashlib.sha256(salt + content.encode()).digest()


def unpack(entries: bytes) -> dict[bytes, bytes]:
    """Digests by place of the table and key."""
    return {entries[at : at + KEY]: entries[at + KEY : at + ENTRY] for at in range(0, len(entries), ENTRY)}


def differences(sealed: bytes, present: bytes) -> Iterator[tuple[str, bytes, str]]:
    """(what, key, hex digest of what stands there now) for each row that is not as it was sealed."""
    before, now = unpack(sealed), unpack(present)
    for key, digest in before.items():
        if key not in now:
            yield "is missing", key, ""
        elif now[key] != digest:
            yield "was changed", key, now[key].hex()
    yield from (("was inserted", key, now[key].hex()) for key in now if key not in before)
    places = Counter(present[at : at + KEY] for at in range(0, len(present), ENTRY))
    yield from (("is there twice", key, "") for key, count in places.items() if count > 1)
    if before == now and len(sealed) == len(present):
        at = next(at for at in range(0, len(sealed), ENTRY) if sealed[at : at + ENTRY] != present[at : at + ENTRY])
        yield "stands at another place", sealed[at : at + KEY], ""


@dataclass
class Excuses:
    """What was taken out in the open, by rows that have to be sealed themselves."""

    removed: dict[str, tuple[UUID, Source]] = field(default_factory=dict)
    amended: dict[Source, tuple[str, str, Source]] = field(default_factory=dict)
    unsealed: dict[Source, tuple[bytes, int, Place]] = field(default_factory=dict)
    place: Place = BEGINNING

    def add(self, table: str, salt: bytes, content: str) -> None:
        """In the order of writing: the newest amendment of a row counts."""
        fields = json.loads(content)
        name, source = fields["table_name"], (table, fields["id"])
        self.place, latest = (fields["epoch"], fields["transaction_id"], fields["id"]), 0
        if table == AMENDMENTS:
            self.amended[name, fields["row_id"]] = (fields["digest"][2:], fields["reason"], source)
        elif table == REMOVALS:
            before = UUID(fields["before"])
            latest = _moment(before) + SHORTEST
            if min(_moment(UUID(fields["id"])), time.time_ns() // 1_000_000) < latest:
                return
            self.removed[name] = max((before, source), self.removed.get(name, (before, source)))
        else:
            raise ValueError(f"{table} excuses nothing")
        self.unsealed[source] = (pack(0, salt, content)[KEY:], latest, self.place)

    def seal(self, block: Block) -> None:
        """Those that a block holds count; a removal does where what it took away was old enough by then."""
        for key, digest in unpack(block.entries).items() if self.unsealed else ():
            source = block.name(key)
            if source in self.unsealed:
                wanted, latest, _place = self.unsealed[source]
                if digest == wanted and _days(block.at) * DAY >= latest:
                    del self.unsealed[source]

    def excuse(self, table: str, row: str, what: str, digest: str) -> tuple[str, Source]:
        """Why a row is not as it was sealed, and what says so; empty where nothing does."""
        before, source = self.removed.get(table, (UUID(int=0), ("", "")))
        if what == "is missing" and UUID(row) < before:
            return "removed, their time being over", source
        found, reason, source = self.amended.get((table, row), ("", "", ("", "")))
        return (f"erased ({reason})", source) if what == "was changed" and found == digest else ("", source)

    def is_sealed(self, source: Source, beyond: Place | None) -> bool:
        """Or will be, where what stands beyond a place is yet to be sealed."""
        if source not in self.unsealed:
            return True
        place = self.unsealed[source][2]
        return beyond is not None and _order(place) > _order(beyond)


def _order(place: Place) -> tuple[int, int, UUID]:
    return int(place[0]), int(place[1]), UUID(place[2])


def _days(at: str) -> int:
    """Days since 1970; 0 for what is no time."""
    try:
        return (date.fromisoformat(at[:10]) - date(1970, 1, 1)).days
    except ValueError:
        return 0


def _moment(key: UUID) -> int:
    """The milliseconds since 1970 that a key of version 7 begins with."""
    return key.int >> 80


class Chain:
    """The seals of one organisation, checked one after the other."""

    def __init__(self, organization: str, anchors: Iterable[Anchor]) -> None:
        self.organization, self.excuses = organization, Excuses()
        self.anchors: dict[int, set[str]] = {}
        for anchor in anchors:
            self.anchors.setdefault(anchor.number, set()).add(anchor.hash)
        self.notes: Counter[tuple[str, str]] = Counter()
        self.number = self.rows = self.findings = self.anchored = 0
        self.at = self.anchored_at = ""
        self.place = BEGINNING
        self._hash, self._is_linked, self._differs = NOTHING, True, False
        self._excused: dict[Source, Finding] = {}

    def take(self, block: Block, present: bytes) -> Iterator[Finding]:
        """Check the next block; `present` are the entries of what stands behind the last whole one, up to it."""
        for finding in self._of_block(block):
            self.findings += 1
            yield finding
        is_continuous = self._is_linked and block.number == self.number + 1
        if block.is_whole and block.entries != present:
            for finding in self._of_rows(block, present, is_continuous=is_continuous):
                self.findings += 1
                yield finding
        self.rows += len(block.entries) // ENTRY
        self.number, self.at, self._is_linked = block.number, block.at, block.is_whole
        if block.is_whole:
            self._hash, self.place = "\\x" + block.hash, block.place
            self.excuses.seal(block)

    def end(self, *, is_open: bool = False) -> Iterator[Finding]:
        """What anchors know of and is not there, and what is excused by rows that no seal holds.

        With `is_open` there may be rows beyond the last block that the next one will seal.
        """
        beyond = [number for number in self.anchors if number > self.number]
        if beyond:
            self.findings += 1
            yield Finding(
                self.organization, self.number + 1, f"is missing: cut off, as block {max(beyond)} was anchored"
            )
        for source, finding in self._excused.items():
            if not self.excuses.is_sealed(source, self.place if is_open else None):
                self.findings += 1
                yield finding._replace(what=f"{finding.what}: no seal holds row {source[1]} that excuses it")

    def _of_block(self, block: Block) -> Iterator[Finding]:
        following = self.number + 1
        if block.number > following:
            yield Finding(self.organization, following, f"is missing: block {block.number} comes next")
        elif block.number < following:
            yield Finding(self.organization, block.number, "is out of order")
        elif block.is_whole and self._is_linked and block.previous != self._hash:
            yield Finding(
                self.organization, max(self.number, 1), "was replaced: it is not the one that the next follows"
            )
        if not block.is_whole:
            yield Finding(self.organization, block.number, "was altered")
        anchors = self.anchors.get(block.number)
        if anchors and anchors != {block.hash} and not self._differs:
            self._differs = True
            yield Finding(self.organization, block.number, f"is not as anchored: rewritten after block {self.anchored}")
        elif anchors and not self._differs:
            self.anchored, self.anchored_at = block.number, block.at

    def _of_rows(self, block: Block, present: bytes, *, is_continuous: bool) -> Iterator[Finding]:
        for what, key, digest in differences(block.entries, present):
            if what == "was inserted" and not is_continuous:
                continue  # it may belong to the block that is missing
            table, row = block.name(key)
            finding = Finding(self.organization, block.number, what, table, row)
            excuse, source = self.excuses.excuse(table, row, what, digest)
            if excuse:
                self.notes[table, excuse] += 1
                self._excused.setdefault(source, finding)
            else:
                yield finding

    def report(self) -> list[str]:
        """What was checked, what was taken out in the open, and how far it holds."""
        said = [f"{self.organization}: {self.rows} rows in {self.number} blocks, {self.findings} findings"]
        said += [f"  {count} rows of {table} were {why}" for (table, why), count in sorted(self.notes.items())]
        if not self.number:
            return said
        said.append(f"  Sealed up to block {self.number} of {self.at}.")
        if not self.anchors:
            said.append("  No anchor was given: a chain that was rewritten up to its end is not noticed.")
        elif self.anchored:
            said.append(
                f"  As anchored up to block {self.anchored} of {self.anchored_at}: younger rows are not promised."
            )
        return said


def read_anchors(paths: Iterable[str]) -> list[Anchor]:
    """The anchors in some files, one a line; raises Unreadable."""
    found = []
    for path in paths:
        for number, line in enumerate(Path(path).read_bytes().splitlines(), 1):
            if line.strip():
                found.append(_anchor(line, f"{path}, line {number}"))
    return found


def _anchor(line: bytes, place: str) -> Anchor:
    try:
        each = json.loads(line)
        number, digest = each["number"], each["hash"].lower()
        if type(number) is not int or number < 1 or len(digest) != 64:
            raise ValueError
        return Anchor(str(UUID(each["organization"])), number, bytes.fromhex(digest).hex(), str(each["at"]))
    except FAULTS as error:
        raise Unreadable(f"{place} is no anchor") from error


def _say(text: object) -> None:
    """What a bundle names neither moves the cursor nor begins a line."""
    print("".join(each if each.isprintable() else "?" for each in str(text)))


def verify_bundle(path: str, anchors: Iterable[Anchor], say: Any = _say) -> Chain:
    """Check a bundle, saying each finding as it comes; raises Unreadable."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
            return _read(_objects(lines), list(anchors), say)
    except (OSError, EOFError, zlib.error, *FAULTS) as error:
        raise Unreadable(f"{path} is no bundle, or only a part of one: {error}") from error


def _objects(lines: IO[str]) -> Iterator[Any]:
    while line := lines.readline(LONGEST_LINE):
        if not line.endswith("\n"):
            raise Unreadable("a line is too long, or cut off")
        yield json.loads(line)


def _read(lines: Iterator[Any], anchors: list[Anchor], say: Any) -> Chain:
    header: Any = next(lines, {})
    if header["bundle"] != 1:
        raise Unreadable("it is of another version: take the verifier that came with it")
    organization = str(UUID(header["organization"]))
    chain = Chain(f"{header['slug']} ({organization})", [each for each in anchors if each.organization == organization])
    block, present = None, bytearray()
    for line in lines:
        if block and isinstance(line, list):
            present += pack(line[0], bytes.fromhex(line[1]), line[2])
            continue
        if block and "excuse" in line:
            table, salt, content = line["excuse"]
            chain.excuses.add(table, bytes.fromhex(salt), content)
            continue
        if block:
            for finding in chain.take(block, bytes(present)):
                say(finding)
        block, present = None, bytearray()
        if "block" in line:
            block = Block(line["block"], line["hash"], base64.b64decode(line["entries"]))
            if block.organization != organization:
                raise Unreadable(f"block {block.number} is of another organisation")
        elif line["end"] != chain.number or any(True for _line in lines):
            raise Unreadable("it does not end where it says")
        else:
            for finding in chain.end():
                say(finding)
            return chain
    raise Unreadable("it has no end")


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify a bundle of a trail, without the platform that wrote it.")
    parser.add_argument("bundle")
    parser.add_argument("--anchors", action="append", default=[], help="a file of anchors, one a line; may be repeated")
    options = parser.parse_args()
    try:
        chain = verify_bundle(options.bundle, read_anchors(options.anchors))
    except (Unreadable, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for line in chain.report():
        _say(line)
    if chain.findings:
        return 1
    if options.anchors and not chain.anchors:
        print("None of the anchors is of this organisation.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
