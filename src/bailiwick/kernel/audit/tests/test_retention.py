"""What is over is removed by months, from those who said so and of whom nothing is held; what is left verifies."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils.timezone import now

from bailiwick.kernel.audit.actions.retention import (
    change_period,
    lift_legal_hold,
    place_legal_hold,
    remove_old,
)
from bailiwick.kernel.audit.models import Event, LegalHold, Removal, RetentionPeriod
from bailiwick.kernel.audit.queries.retention import find_legal_hold, list_gone, list_keeping, list_legal_holds
from bailiwick.kernel.audit.queries.verification import verify, write_bundle
from bailiwick.kernel.audit.rules.keys import first_key, moment_of
from bailiwick.kernel.audit.rules.retention import kept_from
from bailiwick.kernel.audit.tasks import remove_old_rows
from bailiwick.kernel.audit.verifier import verify_bundle
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.members.actions.holds import place_hold
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.databases import database_name
from bailiwick.kernel.testing.engines import Engines
from bailiwick.kernel.testing.factories import actor_for, new_member, new_organization
from bailiwick.kernel.testing.sealing import seal_everything

pytestmark = pytest.mark.django_db(transaction=True)

YEAR = 12


class Owner:
    """Whoever may do anything: moves the clock of what was decided, and makes months of the past."""

    def __init__(self, database: psycopg.Connection[tuple[Any, ...]]) -> None:
        self.database = database

    def run(self, statement: str, *values: object) -> None:
        self.database.execute(statement, values)

    def wait(self, days: int = 30) -> None:
        """Let so many days pass for periods and holds."""
        self.run("SET session_replication_role = replica")
        self.run("UPDATE audit_retentionperiod SET counts_from = counts_from - make_interval(days => %s)", days)
        self.run("UPDATE audit_legalhold SET lifted_at = lifted_at - make_interval(days => %s)", days)
        self.run("SET session_replication_role = DEFAULT")

    def make_month(self, first: datetime) -> str:
        """A partition of events as it stood since then."""
        name, after = f"audit_event_{first:%Y_%m}", kept_from(-1, first)
        self.run("SET ROLE app_owner")
        self.run(
            f"CREATE TABLE {name} PARTITION OF audit_event FOR VALUES"
            f" FROM ('{first_key(first)}') TO ('{first_key(after)}')"
        )
        self.run(f"SELECT audit_close_partition('{name}')")
        self.run("RESET ROLE")
        return name

    def has_table(self, name: str) -> bool:
        found = self.database.execute("SELECT to_regclass(%s)", ["public." + name]).fetchone()
        return found is not None and found[0] is not None


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


def month(back: int) -> datetime:
    """The first moment of the month so many months ago."""
    return kept_from(back, now())


def happened(organization: Any, *moments: datetime) -> None:
    """Events of the past, under a seal since."""
    with enter(organization.id), connection.cursor() as cursor:
        for moment in moments:
            cursor.execute(
                "INSERT INTO audit_event (id, at, verb, subject_type, subject_id, credential, request_id, data)"
                " VALUES (%s, %s, 'past', 'x', uuidv7(), 'system', '', '{}')",
                [key_of(moment), moment],
            )
    seal_everything(organization.id)


_count = iter(range(1, 100_000))


def key_of(moment: datetime) -> Any:
    return type(first_key(moment))(int=first_key(moment).int + next(_count))


def keep(keeper: Member, months: int | None, kind: str = "events") -> None:
    with enter(keeper.organization_id, member_id=keeper.id):
        change_period(actor=actor_for(keeper), kind=kind, months=months)


def past_of(organization: Any) -> list[datetime]:
    with enter(organization.id):
        return [moment_of(key) for key in Event.objects.filter(verb="past").order_by("id").values_list("id", flat=True)]


@contextmanager
def acting(keeper: Member) -> Iterator[Any]:
    with enter(keeper.organization_id, member_id=keeper.id):
        yield actor_for(keeper)


def test_whole_months_go_and_none_before_all_of_it_is_older(owner: Owner, place: Any, keeper: Member) -> None:
    """Twelve months are kept whole: of the month that began them nothing goes."""
    first_kept, moment = month(YEAR), timedelta(milliseconds=1)
    happened(place, month(YEAR + 3), first_kept - moment, first_kept, first_kept + timedelta(days=9))
    keep(keeper, YEAR)
    owner.wait()
    remove_old_rows()
    assert past_of(place) == [first_kept, first_kept + timedelta(days=9)]
    with enter(place.id):
        [removal] = Removal.objects.all()
    assert (removal.table_name, removal.before, removal.row_count) == ("audit_event", first_key(first_kept), 2)
    with acting(keeper) as actor:
        [gone] = list_gone(actor)
    assert (gone.kind, gone.before, gone.count) == ("events", first_kept, 2)


@pytest.mark.parametrize("months", [12, 13, 25, 72])
def test_the_page_and_the_database_agree_on_what_is_over(months: int) -> None:
    with connection.cursor() as cursor:
        for moment in ("2024-02-29 23:59:59+00", "2025-01-01 00:00:00+00", "2026-03-31 22:30:00-02"):
            cursor.execute("SELECT audit_kept_from(%s, %s::timestamptz), %s::timestamptz", [months, moment, moment])
            key, same = cursor.fetchone()
            assert key == first_key(kept_from(months, same))


def test_a_new_or_shorter_period_counts_after_thirty_days_and_a_longer_one_at_once(
    owner: Owner, place: Any, keeper: Member
) -> None:
    happened(place, month(40), month(20))
    keep(keeper, 36)
    owner.wait(29)
    remove_old_rows()
    assert past_of(place) == [month(40), month(20)]
    owner.wait(1)
    remove_old_rows()
    assert past_of(place) == [month(20)]
    keep(keeper, 12)
    remove_old_rows()
    assert past_of(place) == [month(20)]
    keep(keeper, 24)
    owner.wait()
    remove_old_rows()
    assert past_of(place) == [month(20)]


def test_no_statement_of_the_runtime_makes_a_period_count_sooner(owner: Owner, place: Any, keeper: Member) -> None:
    happened(place, month(40))
    keep(keeper, 13)
    with enter(place.id), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_retentionperiod SET counts_from = '2000-01-01', months = 12")
        cursor.execute("UPDATE audit_retentionperiod SET counts_from = '2000-01-01'")
        assert RetentionPeriod.objects.get().counts_from > now() + timedelta(days=29)
    remove_old_rows()
    assert past_of(place) == [month(40)]


def test_a_month_goes_as_a_whole_where_everybody_s_time_is_over(owner: Owner, place: Any, keeper: Member) -> None:
    other = new_organization()
    others = new_member(other, "administrator")
    old, older = owner.make_month(month(20)), owner.make_month(month(30))
    for each in (place, other):
        happened(each, month(20), month(30))
    keep(keeper, YEAR)
    keep(others, 24)
    owner.wait()
    remove_old_rows()
    assert not owner.has_table(older) and owner.has_table(old)
    assert past_of(place) == [] and past_of(other) == [month(20)]
    with enter(place.id):
        told = list(Removal.objects.order_by("id").values_list("before", "row_count"))
        assert told == [(first_key(month(29)), 1), (first_key(month(YEAR)), 1)]
    with enter(other.id):
        assert [each.before for each in Removal.objects.all()] == [first_key(month(29))]


def test_after_a_removal_verifiers_tell_of_it_and_of_nothing_else(
    owner: Owner, place: Any, keeper: Member, tmp_path: Path
) -> None:
    owner.make_month(month(30))
    happened(place, month(30), month(20), month(3))
    keep(keeper, YEAR)
    owner.wait()
    remove_old_rows()
    seal_everything(place.id)
    found: list[Any] = []
    chain = verify(place, [], found.append)
    assert found == []
    assert dict(chain.notes) == {("audit_event", "removed, their time being over"): 2}
    with (tmp_path / "bundle").open("wb") as file:
        write_bundle(place, file)
    alone = verify_bundle(str(tmp_path / "bundle"), [], lambda *words: None)
    assert (alone.findings, dict(alone.notes)) == (0, dict(chain.notes))
    with enter(place.id):
        young = Event.objects.filter(verb="past").latest("id").id
    owner.run("DELETE FROM audit_event WHERE id = %s", young)
    verify(place, [], found.append)
    assert [(each.what, each.row) for each in found] == [("is missing", str(young))]


def test_while_a_hold_lasts_and_thirty_days_longer_nothing_goes(owner: Owner, place: Any, keeper: Member) -> None:
    happened(place, month(20))
    part = owner.make_month(month(30))
    happened(place, month(30))
    keep(keeper, YEAR)
    owner.wait()
    with acting(keeper) as actor:
        hold = place_legal_hold(actor=actor, reason="A dispute")
    remove_old_rows()
    with acting(keeper) as actor:
        assert find_legal_hold() == hold
        lift_legal_hold(actor=actor, hold_id=hold.id)
        lift_legal_hold(actor=actor, hold_id=hold.id)
        assert Event.objects.filter(verb="audit.hold.lifted").count() == 1
        LegalHold.objects.update(lifted_at=now() - timedelta(days=99))
        assert find_legal_hold() is None and list_legal_holds(actor) == [hold]
    remove_old_rows()
    assert past_of(place) == [month(30), month(20)] and owner.has_table(part)
    owner.wait()
    remove_old_rows()
    assert past_of(place) == [] and not owner.has_table(part)


def test_a_hold_on_a_person_keeps_the_trail_as_well(owner: Owner, place: Any, keeper: Member) -> None:
    happened(place, month(20))
    keep(keeper, YEAR)
    owner.wait()
    with acting(keeper) as actor:
        place_hold(actor=actor, member_id=keeper.id, reason="Tax law", valid_until=now() + timedelta(days=1))
    remove_old_rows()
    assert past_of(place) == [month(20)]
    owner.run("UPDATE members_retentionhold SET valid_until = now()")
    remove_old_rows()
    assert past_of(place) == []


def test_what_no_seal_covers_stays(owner: Owner, place: Any, keeper: Member) -> None:
    part = owner.make_month(month(30))
    happened(place, month(30), month(20))
    keep(keeper, YEAR)
    owner.wait()
    with enter(place.id), connection.cursor() as cursor:
        for moment in (month(30), month(20)):
            cursor.execute(
                "INSERT INTO audit_event (id, verb, subject_type, subject_id, credential, request_id, data)"
                " VALUES (%s, 'past', 'x', uuidv7(), 'system', '', '{}')",
                [key_of(moment)],
            )
    remove_old_rows()
    assert len(past_of(place)) == 4 and owner.has_table(part)
    seal_everything(place.id)
    remove_old_rows()
    assert past_of(place) == [] and not owner.has_table(part)


def test_what_one_step_left_the_next_one_takes(owner: Owner, place: Any, keeper: Member) -> None:
    happened(place, *[month(20)] * 5)
    keep(keeper, YEAR)
    owner.wait()
    assert remove_old("audit_event", at_once=2) == 2
    # The process dies here: what was removed is told, what is left is there.
    assert len(past_of(place)) == 3
    with enter(place.id):
        assert [each.row_count for each in Removal.objects.all()] == [2]
    remove_old_rows()
    assert past_of(place) == []
    with enter(place.id):
        assert sum(each.row_count for each in Removal.objects.all()) == 5
    assert remove_old("audit_event") is None


def test_a_table_in_use_waits_for_another_day(owner: Owner, place: Any, keeper: Member) -> None:
    part = owner.make_month(month(30))
    happened(place, month(30))
    keep(keeper, YEAR)
    owner.wait()
    with owner.database.transaction():
        owner.run(f"SELECT count(*) FROM {part}")
        remove_old_rows()
    assert owner.has_table(part) and past_of(place) == [month(30)]
    with enter(place.id):
        assert not Removal.objects.exists()
    remove_old_rows()
    assert not owner.has_table(part)


REFUSED = (
    "DELETE FROM audit_event",
    "DELETE FROM audit_retentionperiod",
    "DELETE FROM audit_legalhold",
    "TRUNCATE audit_event",
    "DROP TABLE {part}",
    "ALTER TABLE audit_event DETACH PARTITION {part}",
    "DELETE FROM {part}",
    "INSERT INTO audit_removal (table_name, before, row_count) VALUES ('audit_event', uuidv7(), 1)",
    "SELECT audit_drop_month('audit_event')",
    "SELECT audit_delete_old('audit_event', 9)",
    "SELECT audit_amend('audit_event', '{{}}', 'x')",
    "SELECT audit_remove_old('audit_block', 9)",
    "SELECT audit_remove_old('identity_member', 9)",
    "ALTER TABLE audit_retentionperiod DISABLE TRIGGER audit_retention_delay",
    "CREATE OR REPLACE FUNCTION audit_held() RETURNS SETOF uuid LANGUAGE sql RETURN NULL::uuid",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_runtime_takes_nothing_away_by_itself(owner: Owner, place: Any, keeper: Member, statement: str) -> None:
    part = owner.make_month(month(30))
    happened(place, month(30))
    with pytest.raises(ProgrammingError), enter(place.id), connection.cursor() as cursor:
        cursor.execute(statement.format(part=part))
    assert remove_old("audit_event") is None
    assert past_of(place) == [month(30)]


@pytest.mark.parametrize("given", [{"months": 11}, {"months": 1201}, {"kind": "blocks"}], ids=["short", "long", "kind"])
def test_a_period_that_cannot_be_is_refused(place: Any, keeper: Member, given: dict[str, Any]) -> None:
    with acting(keeper) as actor, pytest.raises(InvalidInput), transaction.atomic():
        change_period(actor=actor, kind=given.get("kind", "events"), months=given.get("months", 12))


def test_a_hold_needs_a_reason_and_another_organisation_s_is_not_there(place: Any, keeper: Member) -> None:
    with acting(new_member(new_organization(), "administrator")) as actor:
        theirs = place_legal_hold(actor=actor, reason="Theirs")
    with acting(keeper) as actor:
        with pytest.raises(InvalidInput):
            place_legal_hold(actor=actor, reason=" ")
        with pytest.raises(NotFound):
            lift_legal_hold(actor=actor, hold_id=theirs.id)


def test_what_would_go_next_is_told_before_and_decisions_are_on_record(
    owner: Owner, place: Any, keeper: Member
) -> None:
    happened(place, month(20), month(14))
    keep(keeper, YEAR)
    with acting(keeper) as actor:
        events, changes, _reads = list_keeping(actor)
        told = Event.objects.get(verb="audit.period.changed").data
    assert (events.months, events.oldest, events.count) == (12, month(20), 2)
    assert events.counts_from and events.counts_from > now() + timedelta(days=29)
    assert events.goes_at == events.counts_from
    assert (changes.months, changes.count, changes.before) == (None, 0, None)
    assert told["months"] == [None, 12] and told["kind"] == "events"
    assert datetime.fromisoformat(told["counts_from"]).astimezone(UTC) == events.counts_from
    keep(keeper, None)
    owner.wait()
    remove_old_rows()
    assert past_of(place) == [month(20), month(14)]
