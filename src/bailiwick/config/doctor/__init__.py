"""`bailiwick doctor`: what is wrong with this installation, and how to mend it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from bailiwick.config.doctor.findings import Finding, Level, bad
from bailiwick.runtime.errors import StartError
from bailiwick.runtime.keys import KEYS, keys
from bailiwick.runtime.places import data_folder, settings_module
from bailiwick.runtime.servers import choose_servers, describe, require_running

NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


def doctor() -> None:
    """Print a line for everything that was looked at; exits with 1 when something is bad."""
    is_bad = False
    for finding in examine(data_folder()):
        is_bad |= finding.level is Level.BAD
        print(finding, flush=True)
    sys.exit(int(is_bad))


def examine(data: Path) -> Iterator[Finding]:
    """Everything that can be looked at from this machine, also where the environment is wrong or nothing runs."""
    yield from _enter(data)
    import django

    try:
        django.setup()
    except Exception as error:  # noqa: BLE001  whatever keeps the code from loading is what has to be told
        yield bad(
            f"The application does not load ({type(error).__name__}: {error})",
            "Mend the variable that it names, or install the release again.",
        )
        return
    from django.conf import settings
    from django.core.files.storage import default_storage

    from bailiwick.config.doctor.anchors import look_at_anchors
    from bailiwick.config.doctor.broker import look_at_broker, look_at_workers
    from bailiwick.config.doctor.choices import look_at_choices
    from bailiwick.config.doctor.database import look_at_database
    from bailiwick.config.doctor.folders import look_at_disk, look_at_secrets, look_at_static, look_at_storage
    from bailiwick.config.doctor.mail import look_at_mail_server
    from bailiwick.config.doctor.sealing import look_at_keys, look_at_sealed

    yield from look_at_choices()
    yield from look_at_keys()
    if NOWHERE["DATABASE_URL"] != settings.DATABASE_URL:
        yield from look_at_database(settings.DATABASE_URL, connections=connections())
        yield from look_at_sealed()
        yield from look_at_anchors(Path(settings.ANCHORS_FOLDER))
    if NOWHERE["REDIS_URL"] != settings.REDIS_URL:
        yield from look_at_broker(settings.REDIS_URL)
        yield from look_at_workers()
    yield from look_at_mail_server()
    yield from look_at_storage(Path(default_storage.path("")))
    yield from look_at_secrets(data / "secrets")
    yield from look_at_static(Path(settings.STATIC_ROOT), settings.PACKAGE / "kernel" / "web" / "static" / "build")
    yield from look_at_disk(data)


def connections() -> int:
    """How many the parts of one machine keep: threads of web, processes of the worker, scheduler, dispatcher (two)."""
    web = int(os.environ.get("BAILIWICK_WORKERS") or 2) * int(os.environ.get("BAILIWICK_THREADS") or 4)
    return web + int(os.environ.get("BAILIWICK_WORKER_PROCESSES") or 2) + 3


def _enter(data: Path) -> Iterator[Finding]:
    """Complete the environment as a part's is; what is missing is replaced by what leads nowhere."""
    settings_module()
    servers = choose_servers(data)
    try:
        os.environ.update(keys(data))
    except StartError:
        # None that production takes, where its absence is told beside whatever else is wrong with the settings.
        for key in KEYS:
            os.environ[key.variable] = os.environ.get(key.variable) or "missing"
    try:
        require_running(servers)
        os.environ.update(describe(data, servers))
    except StartError as error:
        # Of servers that the environment names, more is told where they are looked at.
        if servers.postgres or servers.valkey:
            yield bad(*_halves(str(error)))
        for name, value in NOWHERE.items():
            os.environ.setdefault(name, value)


def _halves(sentence: str) -> tuple[str, str]:
    what, _colon, remedy = sentence.rpartition(": ")
    return (what, remedy[:1].upper() + remedy[1:]) if what else (sentence, "See docs/operations.md.")
