"""What is over is removed by months, from those who said so; what is left verifies."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils.timezone import now

from bailiwick.kernel.audit.actions.retention import change_period
from bailiwick.kernel.audit.models import Event, Removal, RetentionPeriod
from bailiwick.kernel.audit.queries.retention import list_gone, list_keeping
from bailiwick.kernel.audit.queries.verification import verify, write_bundle
from bailiwick.kernel.audit.rules.keys import first_key
from bailiwick.kernel.audit.rules.retention import kept_from
from bailiwick.kernel.audit.tasks import remove_old_rows
from bailiwick.kernel.audit.tests.past import YEAR, Owner, acting, happened, keep, month, past_of
from bailiwick.kernel.audit.verifier import verify_bundle
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import new_member, new_organization
from bailiwick.kernel.testing.sealing import seal_everything

pytestmark = pytest.mark.django_db(transaction=True)


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


@pytest.mark.parametrize("given", [{"months": 11}, {"months": 1201}, {"kind": "blocks"}], ids=["short", "long", "kind"])
def test_a_period_that_cannot_be_is_refused(place: Any, keeper: Member, given: dict[str, Any]) -> None:
    with acting(keeper) as actor, pytest.raises(InvalidInput), transaction.atomic():
        change_period(actor=actor, kind=given.get("kind", "events"), months=given.get("months", 12))


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
