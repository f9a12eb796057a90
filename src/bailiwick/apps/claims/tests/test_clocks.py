"""Deadlines: which rule holds, when they are due, what stops them, and what meets or breaches them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailiwick.apps.claims.actions.clocks import mark_chunk, pause_clocks, resume_clocks, start_clocks
from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.choices import ClockKind, LineOfBusiness, Mover, Stage
from bailiwick.apps.claims.models import Claim, Clock, ClockRule
from bailiwick.apps.claims.rules.deadlines import due_at, resume_at
from bailiwick.apps.claims.tests.factories import new_coverage, new_patient, new_plan, new_stored_claim
from bailiwick.kernel.audit.models import Event

CAME_IN = datetime(2026, 3, 3, 10, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_scope(scope: Any, organization: Any) -> Any:
    with scope(organization):
        yield


def add_rule(days: int, **values: Any) -> ClockRule:
    given = {"kind": ClockKind.PAYMENT, "basis": f"{days} days", "valid_from": date(2020, 1, 1)}
    return ClockRule.objects.create(days=days, **(given | values))


def claim_of(line_of_business: str = "", **values: Any) -> Claim:
    patient = new_patient()
    if line_of_business:
        new_coverage(patient, new_plan(line_of_business=line_of_business))
    return new_stored_claim(patient=patient, **({"submitted_at": CAME_IN} | values))


def started(claim: Claim) -> Clock:
    start_clocks([claim])
    return Clock.objects.get(claim=claim)


def test_medicare_advantage_pays_within_30_days() -> None:
    """42 CFR 422.520(a)(1): clean claims are paid within 30 days of receipt; the day of receipt is not counted."""
    rule = add_rule(30, line_of_business=LineOfBusiness.MEDICARE, basis="42 CFR 422.520(a)", interest=Decimal("0.05"))
    clock = started(claim_of(LineOfBusiness.MEDICARE))
    assert (clock.rule, clock.basis, clock.interest) == (rule, "42 CFR 422.520(a)", Decimal("0.05"))
    assert (clock.started_at, clock.due_at) == (CAME_IN, due_at(CAME_IN, 30))
    assert clock.due_at == datetime(2026, 4, 2, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line_of_business", "is_paper", "days"),
    [("", False, 30), ("", True, 45), ("medicaid", False, 90), ("medicaid", True, 90), ("commercial", True, 45)],
)
def test_the_rule_of_the_line_of_business_goes_before_that_of_paper_before_the_general(
    line_of_business: str, is_paper: bool, days: int
) -> None:
    add_rule(30)
    add_rule(45, is_paper=True)
    add_rule(90, line_of_business=LineOfBusiness.MEDICAID)
    assert started(claim_of(line_of_business, is_paper=is_paper)).rule.days == days


def test_the_rule_is_that_of_the_day_on_which_the_claim_came_in() -> None:
    add_rule(30, valid_until=date(2026, 3, 2))
    add_rule(20, valid_from=date(2026, 3, 3), valid_until=date(2026, 3, 3))
    add_rule(10, valid_from=date(2026, 3, 4))
    assert started(claim_of()).rule.days == 20


def test_without_a_rule_there_is_no_clock() -> None:
    add_rule(60, kind=ClockKind.APPEAL_DECISION)
    start_clocks([claim_of()])
    assert not Clock.objects.exists()


def test_clocks_of_many_claims_start_in_one_statement_and_once() -> None:
    add_rule(30)
    claims = [claim_of() for _ in range(5)]
    with CaptureQueriesContext(connection) as queries:
        start_clocks(claims)
    assert len(queries) == 1
    start_clocks(claims)
    assert Clock.objects.count() == 5


def backdate_pause(clock: Clock, seconds: int) -> None:
    Clock.objects.filter(id=clock.id).update(paused_at=now() - timedelta(seconds=seconds))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses=st.lists(st.integers(0, 40 * 86_400), max_size=5))
def test_a_clock_is_later_by_the_sum_of_its_pauses_and_never_earlier(pauses: list[int]) -> None:
    if not ClockRule.objects.exists():
        add_rule(30)
    claim = claim_of()
    clock = started(claim)
    for seconds in pauses:
        pause_clocks([claim])
        backdate_pause(clock, seconds)
        resume_clocks([claim])
    clock.refresh_from_db()
    moved = clock.due_at - due_at(CAME_IN, 30)
    assert timedelta() <= moved - timedelta(seconds=sum(pauses)) < timedelta(seconds=5)
    assert 0 <= clock.paused_seconds - sum(pauses) <= len(pauses)
    assert clock.paused_at is None


@given(
    due=st.datetimes(), paused=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),
    stood=st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=365)),
)  # fmt: skip
def test_resuming_never_brings_a_deadline_forward(due: datetime, paused: datetime, stood: timedelta) -> None:
    due = min(due, datetime(9000, 1, 1))
    assert resume_at(due, paused, paused + stood) == due + max(stood, timedelta())


def test_pausing_and_resuming_twice_counts_once() -> None:
    add_rule(30)
    claim = claim_of()
    clock = started(claim)
    pause_clocks([claim])
    backdate_pause(clock, 3600)
    pause_clocks([claim])
    resume_clocks([claim])
    resume_clocks([claim])
    clock.refresh_from_db()
    assert clock.paused_seconds in (3600, 3601)


def move(claim: Claim, to: Stage, mover: Mover = Mover.MANAGER) -> Clock:
    move_claims([claim], to, mover=mover, reason="Because.")
    return Clock.objects.get(claim=claim)


def test_a_denial_and_a_payment_meet_the_clock_and_an_approval_does_not() -> None:
    add_rule(30)
    denied, paid = claim_of(), claim_of()
    start_clocks([denied, paid])
    assert move(denied, Stage.DENIED).met_at
    assert move(paid, Stage.APPROVED).met_at is None
    assert move(paid, Stage.PAID, Mover.PAYER).met_at


def test_what_is_paid_late_was_breached_when_it_was_due() -> None:
    add_rule(30)
    late, early = claim_of(), claim_of(submitted_at=now())
    start_clocks([late, early])
    for claim in (late, early):
        move(claim, Stage.APPROVED)
    clock = move(late, Stage.PAID, Mover.PAYER)
    assert clock.breached_at == clock.due_at
    assert move(early, Stage.PAID, Mover.PAYER).breached_at is None


def test_the_clock_of_a_claim_that_is_taken_up_again_stood_still_meanwhile() -> None:
    add_rule(30)
    claim = claim_of(submitted_at=now())
    start_clocks([claim])
    met = move(claim, Stage.DENIED)
    Clock.objects.filter(id=met.id).update(met_at=now() - timedelta(days=3))
    again = move(claim, Stage.ACCEPTED)
    assert again.met_at is None
    assert timedelta() <= again.due_at - met.due_at - timedelta(days=3) < timedelta(seconds=5)


def test_breaches_are_marked_once_and_told_and_what_stands_still_is_not_breached() -> None:
    add_rule(30)
    late, early, paused = claim_of(), claim_of(submitted_at=now()), claim_of()
    start_clocks([late, early, paused])
    pause_clocks([paused])
    assert (mark_chunk(), mark_chunk()) == (1, 0)
    clock = Clock.objects.get(claim=late)
    assert clock.breached_at == clock.due_at
    assert Clock.objects.filter(breached_at=None).count() == 2
    assert Event.objects.get(verb="claims.clock.breached").data == {"count": 1}
