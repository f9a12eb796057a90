"""The database of a process: cloned before its first test, emptied after those whose transactions were real."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase

from bailiwick.kernel.tenancy.models import INSTALLATION
from bailiwick.kernel.testing.databases import clone_template, database_name, drop_database
from bailiwick.kernel.testing.engines import Engines

TRIES = 5
KEPT = ("django_migrations", "django_content_type", "tenancy_organization")

# The runtime role may not TRUNCATE; the owner empties what is not empty and leaves what migrations wrote.
TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL (%s)"
)


@pytest.fixture(scope="session")
def django_db_setup(engines: Engines, django_db_blocker: Any) -> Iterator[None]:
    """A clone of the template for this process; Django connects to it as the runtime role, as in production."""
    clone_template(engines, database_name())
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    drop_database(engines, database_name())


def flush() -> None:
    """Remove every row but those that are built in."""
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as connection:
        names = [name for (name,) in connection.execute(TABLES, [list(KEPT)]).fetchall()]
        asked = " UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in names)
        if full := [name for (name,) in connection.execute(asked).fetchall()]:
            _truncate(connection, full)
        connection.execute("DELETE FROM tenancy_organization WHERE slug <> %s", [INSTALLATION])


def _truncate(connection: psycopg.Connection, names: list[str]) -> None:
    """Again where it met the last statement of a request whose page was left: the request ends meanwhile."""
    for tries_left in reversed(range(TRIES)):
        try:
            connection.execute(f"TRUNCATE {', '.join(names)} CASCADE")
            return
        except psycopg.errors.DeadlockDetected:
            if not tries_left:
                raise


@pytest.fixture(scope="session", autouse=True)
def _flush_as_owner() -> Iterator[None]:
    """Django's own flush would ask the runtime role for TRUNCATE."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: flush())
        yield
