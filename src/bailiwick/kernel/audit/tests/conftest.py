"""Who keeps a trail, and whoever may do anything to it."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.utils.timezone import now

from bailiwick.kernel.audit.tests.past import Owner
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.databases import database_name
from bailiwick.kernel.testing.engines import Engines
from bailiwick.kernel.testing.factories import new_member, new_organization


@pytest.fixture
def owner(engines: Engines) -> Iterator[Owner]:
    with psycopg.connect(engines.superuser_url(database_name()), autocommit=True) as database:
        owner = Owner(database)
        yield owner
        database.execute("RESET ROLE")
        past = database.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^audit_event_20[0-9]{2}' AND relname < %s",
            [f"audit_event_{now():%Y_%m}"],
        ).fetchall()
        for (name,) in past:
            database.execute(f"DROP TABLE {name}")


@pytest.fixture
def place() -> Any:
    return new_organization()


@pytest.fixture
def keeper(place: Any) -> Member:
    return new_member(place, "administrator")
