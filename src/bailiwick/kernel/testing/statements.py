"""Counting statements where they arrive: in the server."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest
from django.conf import settings

from bailiwick.kernel.testing.engines import Engines

# pg_stat_statements counts what a client sends, not what functions and triggers do in turn. A scope that ends inside a
# test's own transaction is cleared by a statement that no request in service sends.
# A scope that ends inside the transaction of a test is taken back by a statement which a real request does not send.
UNCOUNTED = "^(begin|commit|rollback|savepoint|release|start transaction|select set_config)"
HERE = "(SELECT oid FROM pg_database WHERE datname = current_database())"
RESET = f"SELECT pg_stat_statements_reset(0, {HERE}, 0)"
SEEN = (
    f"SELECT query, calls FROM pg_stat_statements WHERE dbid = {HERE} AND userid = %s::regrole"
    f" AND query !~* '{UNCOUNTED}' ORDER BY query"
)


@dataclass
class Statements:
    """What one block sent to the database, by text, without the marks of transactions and scopes."""

    calls: dict[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(self.calls.values())


@pytest.fixture
def count_statements(engines: Engines) -> Iterator[Callable[[], AbstractContextManager[Statements]]]:
    """`with count_statements() as seen: ...`, then `seen.count` and `seen.calls`; other workers do not count."""
    address = engines.superuser_url(settings.DATABASES["default"]["NAME"])
    with psycopg.connect(address, autocommit=True) as server:

        @contextmanager
        def count() -> Iterator[Statements]:
            seen = Statements()
            server.execute(RESET)
            yield seen
            seen.calls = dict(server.execute(SEEN, [settings.DATABASE_RUNTIME_ROLE]).fetchall())

        yield count
