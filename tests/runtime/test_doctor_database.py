"""What `bailiwick doctor` finds in a database, planted there as its owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection as django_connection

from bailiwick.config.doctor.database import (
    judge_clock,
    judge_durability,
    judge_version,
    look_at_database,
    look_at_dispatcher,
    look_at_durability,
    look_at_guards,
    look_at_history,
    look_at_migrations,
    look_at_role,
    look_at_room,
    look_at_scheduler,
)
from bailiwick.kernel.events.queries import list_sendable
from bailiwick.kernel.jobs.scheduling import tell_workers
from bailiwick.kernel.testing.engines import Engines
from tests.runtime.findings import only, told
from tests.runtime.waiting import until


@pytest.fixture
def runtime(db: None) -> Iterator[Any]:
    """The test database as the application's role."""
    with psycopg.connect(_url(settings.DATABASE_URL), autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner() -> Iterator[Any]:
    with psycopg.connect(_url(settings.DATABASE_OWNER_URL), autocommit=True) as connection:
        yield connection


def _url(url: str) -> str:
    """Of the database that this process really uses."""
    # A socket's folder stands in the query.
    before, _question, query = url.partition("?")
    return f"{before.rpartition('/')[0]}/{django_connection.settings_dict['NAME']}?{query}"


@contextmanager
def planted(owner: Any, plant: str, mend: str) -> Iterator[None]:
    owner.execute(plant)
    try:
        yield
    finally:
        owner.execute(mend)


def test_a_database_that_is_well(runtime: Any) -> None:
    assert told(look_at_role(runtime)) == []
    assert told(look_at_guards(runtime)) == []
    assert told(look_at_migrations(runtime)) == []
    assert told(look_at_history(runtime)) == []
    assert told(look_at_durability(runtime)) == []


def test_a_role_that_owns_tables_or_passes_by(runtime: Any, owner: Any, engines: Engines) -> None:
    level, sentence = only(look_at_role(owner))
    assert level == "bad"
    assert "app_owner owns tables" in sentence
    with psycopg.connect(engines.superuser_url(), autocommit=True) as superuser:
        sentence = only(look_at_role(superuser))[1]
    assert "is a superuser and may pass by row security" in sentence


@pytest.mark.parametrize(
    ("plant", "mend", "words"),
    [
        (
            "ALTER TABLE identity_member DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE identity_member ENABLE ROW LEVEL SECURITY",
            "Row security is off on identity_member",
        ),
        (
            "GRANT UPDATE ON decisions_decision TO app_user",
            "REVOKE UPDATE ON decisions_decision FROM app_user",
            "rows of decisions_decision, which are never to change",
        ),
        (
            "GRANT TRUNCATE ON audit_event TO app_user",
            "REVOKE TRUNCATE ON audit_event FROM app_user",
            "rows of audit_event, which are never to change",
        ),
        (
            "GRANT DELETE ON identity_member TO app_user",
            "REVOKE DELETE ON identity_member FROM app_user",
            "may remove rows of identity_member",
        ),
        (
            "ALTER TABLE access_grant DISABLE TRIGGER access_grant_changes",
            "ALTER TABLE access_grant ENABLE TRIGGER access_grant_changes",
            "Changes of access_grant are not recorded",
        ),
        (
            "GRANT SELECT ON audit_event_default TO app_user",
            "REVOKE SELECT ON audit_event_default FROM app_user",
            "The partition audit_event_default can be reached",
        ),
    ],
)
def test_a_guard_that_was_taken_away(runtime: Any, owner: Any, plant: str, mend: str, words: str) -> None:
    with planted(owner, plant, mend):
        level, sentence = only(look_at_guards(runtime))
    assert level == "bad"
    assert words in sentence
    assert told(look_at_guards(runtime)) == []


def test_migrations_that_are_missing_or_too_many(runtime: Any, owner: Any) -> None:
    plant = "UPDATE django_migrations SET name = '0999_later' WHERE app = 'audit' AND name = '0002_functions'"
    mend = "UPDATE django_migrations SET name = '0002_functions' WHERE name = '0999_later'"
    with planted(owner, plant, mend):
        sentences = [sentence for _level, sentence in told(look_at_migrations(runtime))]
    assert sentences == [
        "The migration audit.0002_functions is not applied",
        "The schema is of a later release: it has audit.0999_later",
    ]


def test_an_empty_database_lacks_every_migration(engines: Engines) -> None:
    with psycopg.connect(engines.superuser_url("template1"), autocommit=True) as connection:
        level, sentence = only(look_at_migrations(connection))
    assert level == "bad"
    assert "more is not applied" in sentence


def test_a_month_without_a_place(runtime: Any, owner: Any) -> None:
    [(name,)] = owner.execute("SELECT 'audit_event' || to_char(now() + interval '1 month', '_YYYY_MM')").fetchall()
    with planted(owner, f"ALTER TABLE {name} RENAME TO away", f"ALTER TABLE away RENAME TO {name}"):
        level, sentence = only(look_at_history(runtime))
    assert level == "bad"
    assert name in sentence


def test_a_server_that_may_lose_what_it_said_is_stored(runtime: Any) -> None:
    runtime.execute("SET synchronous_commit = off")
    level, sentence = only(look_at_durability(runtime))
    assert level == "bad"
    assert "synchronous_commit" in sentence
    weak = {"fsync": "off", "full_page_writes": "on", "synchronous_commit": "on"}
    assert "fsync" in only(judge_durability(weak))[1]


def test_versions_clocks_and_room(runtime: Any) -> None:
    assert only(judge_version(170006)) == ("bad", "PostgreSQL 17 is too old")
    assert told(judge_version(180001)) == []
    assert told(judge_clock(-0.4)) == []
    assert only(judge_clock(5))[0] == "warn"
    assert only(judge_clock(-45))[0] == "bad"
    assert told(look_at_room(runtime, 11)) == []
    assert only(look_at_room(runtime, 5000))[0] == "bad"


def test_a_database_that_is_away_or_has_another_password(engines: Engines) -> None:
    level, sentence = only(look_at_database("postgresql://nobody@127.0.0.1:1/none", connections=1))
    assert level == "bad"
    assert "cannot be used" in sentence
    wrong = engines.postgres.url("app_user", "wrong")
    assert "password" in only(look_at_database(wrong, connections=1))[1]


def test_a_scheduler_that_does_not_run(runtime: Any) -> None:
    # A connection that asked in another test may be about to go.
    until(lambda: any("No scheduler runs" in sentence for _level, sentence in told(look_at_scheduler(runtime))))


@pytest.mark.django_db(transaction=True)
def test_a_scheduler_that_runs_is_seen() -> None:
    tell_workers()
    with psycopg.connect(_url(settings.DATABASE_URL), autocommit=True) as connection:
        assert told(look_at_scheduler(connection)) == []


def test_a_dispatcher_that_does_not_run(runtime: Any) -> None:
    until(lambda: any("No dispatcher runs" in sentence for _level, sentence in told(look_at_dispatcher(runtime))))


@pytest.mark.django_db(transaction=True)
def test_a_dispatcher_that_runs_is_seen() -> None:
    list_sendable()
    with psycopg.connect(_url(settings.DATABASE_URL), autocommit=True) as connection:
        assert told(look_at_dispatcher(connection)) == []
