"""A backup of an installation that runs and is written to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from psycopg import Connection

from bailiwick.runtime.backup import archive
from bailiwick.runtime.backup.archive import ABOUT, FORMAT, SECRETS, TABLES, TOTALS, Counter, Tally, Totals, Writer
from bailiwick.runtime.backup.storage import FOLDER, Held, holding
from bailiwick.runtime.backup.tables import connected, describe, read_chunks, snapshot
from bailiwick.runtime.errors import StartError
from bailiwick.runtime.files import exclusive

PLACES = (
    "SELECT place::text, encode(digest, 'hex') FROM files_storedfile WHERE removed_at IS NULL ORDER BY place COLLATE"
    ' "C"'
)


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written: totals, the moment they hold for, and files whose content is missing or changed."""

    totals: Totals
    as_of: str
    faulty: list[str]


def make_backup(
    path: Path,
    *,
    data: Path,
    owner_url: str,
    secrets: Mapping[str, str] | None = None,
    say: Callable[[str], None] = print,
) -> Backup:
    """Write `path` and read it again; nothing is left of one that failed. `secrets` are named as their files."""
    if path.exists():
        raise StartError(f"{path} exists already: choose another name.")
    if not path.parent.is_dir():
        raise StartError(f"There is no folder {path.parent}: make it first.")
    try:
        with exclusive(data / "run" / "backup.lock", wait=False):
            return _make(path, data / FOLDER, owner_url, secrets or {}, say)
    except BlockingIOError as error:
        raise StartError(f"Another backup of {data} is being made: wait for it.") from error
    except OSError as error:
        raise StartError(f"{path} could not be written: {error.strerror or error}.") from error


def _make(path: Path, storage: Path, owner_url: str, secrets: Mapping[str, str], say: Callable[[str], None]) -> Backup:
    scratch = path.with_name(f".{path.name}.part")
    scratch.unlink(missing_ok=True)
    try:
        with holding(storage) as held, connected(owner_url) as connection:
            made = _write(scratch, connection, held, secrets)
        say("Written; reading it again ...")
        if archive.verify(scratch) != made.totals:
            raise StartError(f"What was written to {path} is not what was read: is the disk sound?")
        scratch.rename(path)
    finally:
        scratch.unlink(missing_ok=True)
    return made


def _write(path: Path, connection: Connection[Any], held: Held, secrets: Mapping[str, str]) -> Backup:
    totals = Totals()
    with archive.writing(path) as writer, snapshot(connection) as tables:
        about = {"format": FORMAT, "version": version("bailiwick"), **describe(connection, tables)}
        held.hold()
        writer.add_json(ABOUT, about)
        for name, content in secrets.items():
            writer.add(SECRETS + name, content.encode())
        for table in tables:
            counter = Counter()
            for number, chunk in enumerate(read_chunks(connection, table), start=1):
                writer.add(f"{TABLES}{table.name}/{number:06}", chunk)
                counter.add_rows(chunk)
            totals.tables[table.name] = counter.tally
        totals.files, faulty = _write_files(writer, connection, held)
        writer.add_json(TOTALS, totals.as_json())
    return Backup(totals, about["as_of"], faulty)


def _write_files(writer: Writer, connection: Connection[Any], held: Held) -> tuple[Tally, list[str]]:
    """Every file that a row of the snapshot names."""
    counter = Counter()
    faulty = [place for place, digest in connection.execute(PLACES) if held.write(writer, place, counter) != digest]
    return counter.tally, faulty
