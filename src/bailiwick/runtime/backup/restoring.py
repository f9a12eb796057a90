"""A backup, put into a fresh installation."""

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from psycopg import Connection

from bailiwick.runtime.backup import archive
from bailiwick.runtime.backup.archive import TOTALS, Tally, Totals, told_as_damage
from bailiwick.runtime.backup.storage import FOLDER, Arriving, arriving, require_empty
from bailiwick.runtime.backup.tables import Table, connected, loading, require_fresh, tally
from bailiwick.runtime.errors import StartError
from bailiwick.runtime.files import private_folder, write_private
from bailiwick.runtime.keys import KEYS


def require_restorable(about: dict[str, Any], *, data: Path, owner_url: str) -> None:
    """Refuse a backup of a later release, and an installation that is in use."""
    made_by, ours = about["version"], version("bailiwick")
    if _numbers(made_by) > _numbers(ours):
        raise StartError(f"The backup was made by Bailiwick {made_by}, this is {ours}: install that release first.")
    require_empty(data / FOLDER)
    with connected(owner_url) as connection:
        require_fresh(connection)


def load_backup(
    path: Path, about: dict[str, Any], *, data: Path, owner_url: str, say: Callable[[str], None] = print
) -> Totals:
    """Put rows, files and keys in place, all or nothing.

    The tables are made already, in the shape that `about` tells of. Counts and digests are taken from the database
    again before anything is kept; StartError when they are not those of the backup.
    """
    with (
        arriving(data / FOLDER) as files,
        connected(owner_url) as connection,
        loading(connection, about) as tables,
    ):
        with told_as_damage(path):
            stated, secrets = _load(path, connection, tables, files)
        say("Loaded; comparing ...")
        _compare(stated, {name: tally(connection, table) for name, table in tables.items()}, files.tally)
        # Within the transaction, and taken back when that fails.
        files.settle()
    for key in KEYS:
        if key.name in secrets:
            write_private(private_folder(data / "secrets") / key.name, secrets[key.name])
    return stated


def _load(
    path: Path, connection: Connection[Any], tables: dict[str, Table], files: Arriving
) -> tuple[Totals, dict[str, str]]:
    stated, secrets = Totals(), {}
    for entry in archive.entries(path):
        if entry.table:
            with connection.cursor() as cursor, cursor.copy(tables[entry.table].writing) as copy:
                copy.write(entry.content.read())
        elif entry.place:
            files.take(entry)
        elif entry.secret:
            secrets[entry.secret] = entry.content.read().decode()
        elif entry.name == TOTALS:
            stated = Totals.of(json.load(entry.content))
    if not stated.tables:
        raise EOFError
    return stated, secrets


def _compare(stated: Totals, tables: dict[str, Tally], files: Tally) -> None:
    differing = [name for name in stated.tables if stated.tables[name] != tables[name]]
    if stated.files != files:
        differing.append("files")
    if differing:
        raise StartError(f"What was restored is not what was backed up ({', '.join(differing)}); nothing was kept.")


def _numbers(release: str) -> tuple[int, ...]:
    """The numbers by which releases are ordered: "0.1.0.dev0" comes with 0.1.0."""
    return tuple(int(part) for part in release.split(".")[:3] if part.isdigit())
