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
from bailiwick.runtime.keys import KEYS, SEALING, SIGNING
from bailiwick.runtime.places import data_folder
from bailiwick.runtime.servers import choose_servers, describe, require_running


def back_up(path: Path, *, with_secrets: bool) -> None:
    """Write a backup of the installation that runs, and say what it holds."""
    data = data_folder()
    servers = choose_servers(data, _say)
    require_running(servers)
    environment = describe(data, servers)
    secrets = {key.name: (os.environ | environment)[key.variable] for key in KEYS} if with_secrets else {}
    made = make_backup(
        path.absolute(),
        data=data,
        owner_url=environment["DATABASE_OWNER_URL"],
        secrets=secrets,
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
        print("It holds the keys: whoever has it can sign in as anybody. Keep it where you keep keys.")


def restore(path: Path) -> None:
    """Put a backup into the fresh installation that the environment names, and say that it is equal."""
    from bailiwick.config.schema import migrate, migrate_as_of

    data, about = data_folder(), read_about(path)
    given = {key.variable: os.environ.get(key.variable, "") for key in KEYS}
    with servers_alone(data) as owner_url:
        require_restorable(about, data=data, owner_url=owner_url)
        _say("Making the tables ...")
        migrate_as_of([(app, name) for app, name in about["migrations"]])
        totals = load_backup(path, about, data=data, owner_url=owner_url, say=_say)
        migrate(verbosity=0)
    print(
        f"Restored {len(totals.tables)} tables, {totals.rows:,} rows, {totals.files.count:,} files as of "
        f"{about['as_of']}; counts and digests are equal to those of the backup."
    )
    _say_keys(data / "secrets", given)


@contextmanager
def servers_alone(data: Path) -> Iterator[str]:
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


def _say_keys(folder: Path, given: dict[str, str]) -> None:
    """Where the environment names other keys than the backup's, say what does not work with them."""
    signing, sealing = folder / SIGNING.name, folder / SEALING.name
    if given[SIGNING.variable] and signing.exists() and given[SIGNING.variable] != signing.read_text().strip():
        print(
            f"BAILIWICK_SECRET_KEY is not the key of the backup: give it the content of {signing}, "
            "or everybody has to sign in again."
        )
    named = set(given[SEALING.variable].split(","))
    if given[SEALING.variable] and sealing.exists() and set(sealing.read_text().strip().split(",")) - named:
        print(
            f"BAILIWICK_ENCRYPTION_KEYS lacks keys of the backup: add the content of {sealing} at its end, "
            "or authenticator applications and sign-in providers stop working."
        )
