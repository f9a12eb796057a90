"""A database for each worker, cloned from a template that is migrated once for every state of the migrations."""

import hashlib
import os
import subprocess
import sys

import psycopg
from psycopg import sql

from bailiwick.kernel.testing.engines import Engines, exclusively, is_alive, source_root

SCHEMA_FILES = ("migrations/*.py", "constraints.py", "fields.py", "operations.py")
OWNER = "app_owner"
# Statements are counted by text in a table of a fixed size: what dropped databases left there would crowd out the rest.
FORGET = (
    "SELECT pg_stat_statements_reset(0, dbid, 0) FROM (SELECT DISTINCT dbid FROM pg_stat_statements"
    " WHERE dbid NOT IN (SELECT oid FROM pg_database))"
)


def database_name() -> str:
    """The database of this process."""
    worker = worker_number()
    return f"run_{run_number()}_{'alone' if worker is None else worker}"


def worker_number() -> int | None:
    """Which of several processes this is; None for the one that leads them or runs alone."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(name.removeprefix("gw")) if name else None


def run_number() -> int:
    """The process that leads this run."""
    return int(os.environ["BAILIWICK_TEST_RUN"])


def template_name() -> str:
    """Names the state of the schema: of our migrations and of what they use."""
    root = source_root()
    digest = hashlib.sha256((root.parents[1] / "requirements" / "dev.txt").read_bytes())
    for path in sorted(path for pattern in SCHEMA_FILES for path in root.rglob(pattern)):
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return f"template_{digest.hexdigest()[:12]}"


def ensure_template(engines: Engines) -> None:
    """Migrate the template unless it is there; templates of other states are dropped."""
    wanted = template_name()
    with exclusively("template.lock"), _superuser(engines) as connection:
        names = [row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()]
        if wanted not in names:
            draft = f"new_{wanted}"
            _drop(connection, *(name for name in names if name.startswith(("template_", "new_template_"))))
            _create(connection, draft, "template1")
            _migrate(engines, draft)
            connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (draft, wanted))))
        runs = [name for name in names if name.startswith("run_")]
        _drop(connection, *(name for name in runs if not is_alive(int(name.split("_")[1]))))
    with psycopg.connect(engines.superuser_url("bailiwick"), autocommit=True) as connection:
        connection.execute(FORGET)


def clone_template(engines: Engines, name: str) -> None:
    """Make a database with everything that the template has, rights included."""
    with exclusively("template.lock"), _superuser(engines) as connection:
        _drop(connection, name)
        _create(connection, name, template_name())


def drop_database(engines: Engines, name: str) -> None:
    with _superuser(engines) as connection:
        _drop(connection, name)


def _superuser(engines: Engines) -> psycopg.Connection[tuple[str, ...]]:
    return psycopg.connect(engines.superuser_url(), autocommit=True)


def _create(connection: psycopg.Connection[tuple[str, ...]], name: str, template: str) -> None:
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(*map(sql.Identifier, (name, template, OWNER)))
    )


def _drop(connection: psycopg.Connection[tuple[str, ...]], *names: str) -> None:
    for name in names:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _migrate(engines: Engines, name: str) -> None:
    """As the owner, in a process of its own: this one is bound to the runtime's role."""
    environment = os.environ | engines.environment(name, 0) | {"BAILIWICK_DATABASE_ROLE": "owner"}
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=environment, check=True)
