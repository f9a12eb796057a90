"""The file of a backup: a tar, compressed, that opens with `about.json` and ends with `totals.json`.

What lies between is streamed in both directions: memory stays the same however large an installation is. A file that
was cut off has no totals, and is refused.
"""

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from bailiwick.runtime.errors import StartError

FORMAT = 1
ABOUT, TOTALS = "about.json", "totals.json"
TABLES, FILES, SECRETS = "tables/", "storage/", "secrets/"
BLOCK = 1 << 20
# More costs several times the time for a tenth of the size.
LEVEL = 4
DAMAGED = (StopIteration, gzip.BadGzipFile, EOFError, zlib.error, tarfile.TarError, ValueError, KeyError, TypeError)


@dataclass
class Tally:
    """How much of something there is, and the SHA-256 of it all."""

    count: int = 0
    bytes: int = 0
    digest: str = ""


@dataclass
class Totals:
    """What a backup holds, table by table, and its files together."""

    tables: dict[str, Tally] = field(default_factory=dict)
    files: Tally = field(default_factory=Tally)

    @property
    def rows(self) -> int:
        return sum(each.count for each in self.tables.values())

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, given: dict[str, Any]) -> "Totals":
        return cls({name: Tally(**each) for name, each in given["tables"].items()}, Tally(**given["files"]))


class Counter:
    """Counts and digests rows or files as they pass."""

    def __init__(self) -> None:
        self._tally, self._seen = Tally(), hashlib.sha256()

    def add_rows(self, chunk: bytes) -> None:
        """Whole lines as COPY writes them; a line break within a value is escaped there."""
        self._tally.count += chunk.count(b"\n")
        self._tally.bytes += len(chunk)
        self._seen.update(chunk)

    def add_file(self, place: str, size: int, digest: str) -> None:
        self._tally.count += 1
        self._tally.bytes += size
        self._seen.update(f"{place}\0{size}\0{digest}\n".encode())

    @property
    def tally(self) -> Tally:
        return Tally(self._tally.count, self._tally.bytes, self._seen.hexdigest())


class Hashing(io.RawIOBase):
    """A file that is digested while it is read."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content, self._seen = content, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._content.read(size)
        self._seen.update(block)
        return block

    @property
    def digest(self) -> str:
        return self._seen.hexdigest()


class Writer:
    """Adds to an archive."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def add(self, name: str, content: bytes) -> None:
        self.add_stream(name, len(content), io.BytesIO(content))

    def add_json(self, name: str, content: Any) -> None:
        self.add(name, json.dumps(content, indent=1).encode())

    def add_stream(self, name: str, size: int, content: Any) -> None:
        """Exactly `size` bytes of `content`."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self._tar.addfile(entry, content)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write an archive that only its owner can read; the caller verifies it and gives it its name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with (
            gzip.GzipFile(fileobj=file, mode="wb", compresslevel=LEVEL, filename="") as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            yield Writer(tar)
        file.flush()
        os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of an archive; its content is read before the next is asked for."""

    name: str
    size: int
    content: IO[bytes]

    @property
    def table(self) -> str:
        """The table of which this holds rows, or nothing."""
        return self.name.split("/")[1] if self.name.startswith(TABLES) else ""

    @property
    def place(self) -> str:
        """Where this file lay in the storage, or nothing."""
        return self.name.removeprefix(FILES) if self.name.startswith(FILES) else ""

    @property
    def secret(self) -> str:
        """The name of the secret that this is, or nothing."""
        return self.name.removeprefix(SECRETS) if self.name.startswith(SECRETS) else ""


@contextmanager
def told_as_damage(path: Path) -> Iterator[None]:
    """Whatever is wrong with the bytes of an archive is one sentence."""
    try:
        yield
    except DAMAGED as error:
        raise StartError(f"{path} is damaged or was cut off ({type(error).__name__}): take another backup.") from error
    except OSError as error:
        raise StartError(f"{path} could not be read, or its content not be kept: {error.strerror}.") from error


def entries(path: Path) -> Generator[Entry]:
    """Every piece in its order."""
    with gzip.open(path) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
        for each in tar:
            if each.isfile() and (content := tar.extractfile(each)):
                yield Entry(each.name, each.size, content)


def read_about(path: Path) -> dict[str, Any]:
    """What the archive says of itself; StartError when it is none, or of a form that this release cannot read."""
    if not path.is_file():
        raise StartError(f"There is no file {path}.")
    with told_as_damage(path), closing(entries(path)) as every:
        first = next(every)
        about: dict[str, Any] = json.load(first.content) if first.name == ABOUT else {}
    if about.get("format") != FORMAT:
        raise StartError(f"{path} is not a backup that this release can read: use the release that made it.")
    return about


def verify(path: Path) -> Totals:
    """Read all of an archive again and compare it with its own totals; StartError when they differ."""
    tables: dict[str, Counter] = {}
    files, stated = Counter(), Totals()
    with told_as_damage(path):
        for entry in entries(path):
            if entry.table:
                tables.setdefault(entry.table, Counter()).add_rows(entry.content.read())
            elif entry.place:
                files.add_file(entry.place, entry.size, digest_of(entry.content))
            elif entry.name == TOTALS:
                stated = Totals.of(json.load(entry.content))
        found = Totals({name: counter.tally for name, counter in tables.items()}, files.tally)
        empty = {name: Counter().tally for name in stated.tables if name not in found.tables}
        if Totals(found.tables | empty, found.files) != stated:
            raise ValueError
    return stated


def digest_of(content: IO[bytes]) -> str:
    seen = hashlib.sha256()
    while block := content.read(BLOCK):
        seen.update(block)
    return seen.hexdigest()
