"""Whatever happens to patients and whoever acts in whatever order, claims end in a legal state, with balanced money."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import F, Q, Sum
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bailiwick.apps.claims.actions.adjudication import readjudicate
from bailiwick.apps.claims.actions.appeals import file_appeal
from bailiwick.apps.claims.actions.correcting import correct_claim
from bailiwick.apps.claims.actions.events import apply_event, cancel_event, match_all, report_event
from bailiwick.apps.claims.actions.statuses import set_statuses
from bailiwick.apps.claims.choices import CAUSE_OF, Cause, EventState, EventType, Mover, Stage, Status
from bailiwick.apps.claims.manifest import APPEAL_QUEUE
from bailiwick.apps.claims.models import Adjudication, Claim, Patient, PatientEvent, Payment, StatusChange
from bailiwick.apps.claims.queries.events import list_waiting
from bailiwick.apps.claims.rules.transitions import MOVES
from bailiwick.apps.claims.tests.factories import new_patient, new_stored_claim
from bailiwick.apps.claims.tests.happenings import A, C, D, T, at
from bailiwick.apps.claims.values.events import NewEvent
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.models import WorkItem

KINDS = (A, T, D)
QUIET = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _in_scope(scope: Any, organization: Any) -> Any:
    with scope(organization):
        yield


@pytest.fixture
def actor(organization: Any) -> Actor:
    return actor_for(new_member(organization, "claims-admin"))


def report(actor: Actor, kind: EventType, patient: Patient | None, hour: float, **more: Any) -> PatientEvent:
    new = NewEvent(kind, at(hour), patient.id if patient else None, **more)
    return report_event(actor=actor, new=new, source="ward")[0]


def deliver(actor: Actor, event_id: UUID, together: list[UUID] | None = None) -> None:
    apply_event(actor=actor.ref, event_id=event_id, together=list_waiting([event_id, *(together or [])]))


def deliver_all(actor: Actor) -> None:
    """Whatever waits; what was parked is looked at again, as the schedule does."""
    for _round in range(2):
        for event in PatientEvent.objects.filter(state=EventState.PENDING).order_by("id"):
            deliver(actor, event.id)
        match_all(actor)


class Killed(Exception):
    """A worker died before it had stored anything."""


def move(status: Status) -> Callable[..., object]:
    return lambda actor, claim, _event: set_statuses(
        actor=actor, claim_ids=list(Claim.objects.values_list("id", flat=True)), status=status, reason="Because"
    )


def kill(actor: Actor, _claim: Claim, event: PatientEvent) -> None:
    deliver(actor, event.id)
    raise Killed


STEPS: dict[str, Callable[..., object]] = {
    **{kind.value: lambda actor, claim, _event, kind=kind: report(actor, kind, claim.patient, 1) for kind in KINDS},
    "deliver": lambda actor, _claim, event: deliver(actor, event.id),
    "deliver together": lambda actor, _claim, event: deliver(
        actor, event.id, list(PatientEvent.objects.values_list("id", flat=True))
    ),
    "deliver and die": kill,
    "cancel": lambda actor, _claim, event: cancel_event(actor=actor, event_id=event.id),
    **{f"all {status.value}": move(status) for status in Status},
    "readjudicate": lambda actor, claim, _event: readjudicate(actor=actor, claim_ids=[claim.id]),
    "appeal": lambda actor, claim, _event: file_appeal(actor=actor, claim_id=claim.id, reason="It was needed"),
    **{
        kind.value: lambda actor, claim, _event, kind=kind: correct_claim(
            actor=actor, claim_id=claim.id, kind=kind, reason="It was wrong"
        )
        for kind in (Stage.ADJUSTED, Stage.VOIDED)
    },
}
STEP = st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 5), st.integers(0, 9))


PAID_TWICE = [(name, 0, 0) for name in ("all approved", "all paid", "adjusted", "all approved", "all paid")]
"""What is paid, corrected and paid again: by its difference alone."""


@QUIET
@example(steps=PAID_TWICE)
@given(steps=st.lists(STEP, min_size=8, max_size=40))
def test_any_interleaving_ends_in_a_legal_state_with_balanced_money(
    actor: Actor, steps: list[tuple[str, int, int]]
) -> None:
    patients = [new_patient(), new_patient()]
    Claim.objects.filter(is_live=True).update(is_live=False)
    PatientEvent.objects.filter(state__in=[EventState.PENDING, EventState.PARKED]).update(state=EventState.APPLIED)
    claims = [new_stored_claim(patient=patient) for patient in patients for _ in range(2)]
    events = [report(actor, A, patients[0], 0)]
    for name, which, event in steps:
        claim = Claim.objects.filter(number=claims[which % len(claims)].number).order_by("-version")[0]
        try:
            with transaction.atomic():
                done = STEPS[name](actor, claim, events[event % len(events)])
        except (DomainError, Killed):
            continue
        if isinstance(done, PatientEvent):
            events.append(done)
    deliver_all(actor)
    assert not PatientEvent.objects.filter(state=EventState.PENDING).exists()
    for claim in Claim.objects.filter(number__in=[claim.number for claim in claims]):
        check_moves(claim)
        check_work(claim)
        check_money(claim)
    for event in PatientEvent.objects.filter(state=EventState.APPLIED):
        assert apply_event(actor=actor.ref, event_id=event.id) == []


def check_moves(claim: Claim) -> None:
    """Each move is in the table for somebody who is of its cause, and they follow on each other."""
    stands = ""
    for change in StatusChange.objects.filter(claim=claim).order_by("id"):
        movers = MOVES[Stage(change.from_stage), Stage(change.to_stage)]
        assert change.cause in {CAUSE_OF.get(mover, Cause.MEMBER) for mover in movers} | {Cause.MEMBER}
        assert (change.event_id is None) or {Mover.ADMISSION, Mover.DISCHARGE, Mover.CANCELLATION} & movers
        assert not stands or change.from_stage == stands
        stands = change.to_stage
    assert stands in ("", claim.stage)


def check_work(claim: Claim) -> None:
    """What is under review has one piece of open work, and nothing else has any."""
    open_work = WorkItem.objects.filter(subject_id=claim.id, done_at=None).exclude(queue=APPEAL_QUEUE.code).count()
    assert open_work == (claim.stage == Stage.UNDER_REVIEW)
    assert bool(claim.pend) == (claim.stage == Stage.UNDER_REVIEW)


def check_money(claim: Claim) -> None:
    judged = Adjudication.objects.filter(claim=claim)
    assert not judged.exclude(billed=F("paid") + F("adjusted")).exists()
    assert not judged.filter(Q(billed__lt=0) | Q(paid__lt=0)).exists()
    if claim.stage in (Stage.APPROVED, Stage.PARTIALLY_APPROVED, Stage.PAYMENT_SCHEDULED, Stage.PAID):
        last = judged.filter(is_final=True).latest("version")
        assert (claim.paid, claim.allowed, claim.patient_owes) == (last.paid, last.allowed, last.patient_owes)
        every = Adjudication.objects.filter(claim__number=claim.number, is_final=True)
        assert every.aggregate(sum=Sum("difference"))["sum"] == claim.paid
    if claim.stage == Stage.PAID:
        paid = Payment.objects.filter(claim__number=claim.number).aggregate(sum=Sum("amount"))["sum"]
        assert paid == claim.paid


HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(1, 9), st.booleans()),
    min_size=1,
    max_size=5,
    unique_by=lambda e: e[1],
)


@QUIET
@given(happened=HAPPENINGS, chance=st.randoms(use_true_random=False), at_once=st.booleans())
def test_the_same_events_end_the_same_in_whatever_order_they_come(
    actor: Actor, happened: list[tuple[EventType, int, bool]], chance: Any, at_once: bool
) -> None:
    reports = [(kind, hour, f"{hour}") for kind, hour, _is_cancelled in happened]
    reports += [(C, hour + 10, f"{hour}") for _kind, hour, is_cancelled in happened if is_cancelled]
    shuffled = list(reports)
    chance.shuffle(shuffled)
    assert outcome(actor, shuffled, at_once=at_once) == outcome(actor, reports, at_once=True)


def outcome(actor: Actor, reports: list[tuple[EventType, int, str]], *, at_once: bool) -> list[str]:
    """Where the claims of a new patient stand after some reports, each applied at once or all of them in the end."""
    patient, mark = new_patient(), PatientEvent.objects.count()
    claims = [new_stored_claim(patient=patient) for _ in range(2)]
    claims.append(new_stored_claim(patient=patient, stage=Stage.UNDER_REVIEW, pend="medical"))
    for kind, hour, name in reports:
        if kind == C:
            event = report(actor, C, None, hour, cancels=f"{mark}-{name}")
        else:
            event = report(actor, kind, patient, hour, source_id=f"{mark}-{name}")
        if at_once:
            deliver(actor, event.id)
    deliver_all(actor)
    assert not PatientEvent.objects.filter(state__in=[EventState.PENDING, EventState.PARKED]).exists()
    newest = [Claim.objects.filter(number=claim.number).order_by("-version")[0] for claim in claims]
    return [claim.stage for claim in newest]
