"""`bailiwick backup` and `bailiwick restore`: which servers, which schema; `runtime.backup` does the rest."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bailiwick.runtime.backup.archive import read_about
from bailiwick.runtime.backup.making import make_backup
from bailiwick.runtime.backup.restoring import load_backup, require_restorable
from bailiwick.runtime.errors import StartError
from bailiwick.runtime.files import exclusive, require_writable
from bailiwick.runtime.places import data_folder
from bailiwick.runtime.servers import choose_servers, describe, require_running


def back_up(path: Path, *, with_secrets: bool) -> None:
    """Write a backup of the installation that runs, and say what it holds."""
    data = data_folder()
    servers = choose_servers(data, _say)
    require_running(servers)
    environment = describe(data, servers)
    key = environment.get("BAILIWICK_SECRET_KEY") or os.environ["BAILIWICK_SECRET_KEY"]
    made = make_backup(
        path.absolute(),
        data=data,
        owner_url=environment["DATABASE_OWNER_URL"],
        secret_key=key if with_secrets else "",
        say=_say,
    )
    for place in made.faulty:
        _say(f"Not as its row says, or missing: {place}")
    totals = made.totals
    print(
        f"{path}: {len(totals.tables)} tables, {totals.rows:,} rows, {totals.files.count:,} files as of {made.as_of}; "
        f"{path.stat().st_size:,} bytes, verified."
    )
    if with_secrets:
        print("It holds the secret key: whoever has it can sign in as anybody. Keep it where you keep keys.")


def restore(path: Path) -> None:
    """Put a backup into the fresh installation that the environment names, and say that it is equal."""
    from bailiwick.config.schema import migrate, migrate_as_of

    data, about, given = data_folder(), read_about(path), os.environ.get("BAILIWICK_SECRET_KEY", "")
    with _servers(data) as owner_url:
        require_restorable(about, data=data, owner_url=owner_url)
        _say("Making the tables ...")
        migrate_as_of([(app, name) for app, name in about["migrations"]])
        totals = load_backup(path, about, data=data, owner_url=owner_url, say=_say)
        migrate(verbosity=0)
    print(
        f"Restored {len(totals.tables)} tables, {totals.rows:,} rows, {totals.files.count:,} files as of "
        f"{about['as_of']}; counts and digests are equal to those of the backup."
    )
    _say_key(data / "secrets" / "secret_key", given)


@contextmanager
def _servers(data: Path) -> Iterator[str]:
    """Servers without the parts; the embedded ones are started and stopped again. Gives the owner's URL."""
    require_writable(data)
    with _only_we(data):
        servers = choose_servers(data, _say)
        try:
            if servers.postgres:
                servers.postgres.start()
            if servers.valkey:
                servers.valkey.start()
            os.environ.update(describe(data, servers, migrates=True))
            yield os.environ["DATABASE_OWNER_URL"]
        finally:
            servers.stop()


@contextmanager
def _only_we(data: Path) -> Iterator[None]:
    try:
        with exclusive(data / "run" / "up.lock", wait=False):
            yield
    except BlockingIOError as error:
        raise StartError(f"Bailiwick runs on {data}: stop it first, or set BAILIWICK_DATA.") from error


def _say(line: str) -> None:
    print(f"  {line}", flush=True)


def _say_key(path: Path, given: str) -> None:
    if given and path.exists() and given != path.read_text().strip():
        print(
            f"BAILIWICK_SECRET_KEY is not the key of the backup: give it the content of {path}, "
            "or everybody has to sign in again."
        )
