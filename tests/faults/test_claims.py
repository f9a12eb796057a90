"""Patient events move claims once, whoever dies in between, while people work on the same claims."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.db.models import Count
from django.utils.timezone import now

from bailiwick.apps.claims.actions.adjudication import readjudicate
from bailiwick.apps.claims.actions.appeals import file_appeal
from bailiwick.apps.claims.actions.events import cancel_event, report_event
from bailiwick.apps.claims.actions.statuses import set_statuses
from bailiwick.apps.claims.choices import EventState, EventType, Status
from bailiwick.apps.claims.models import Claim, PatientEvent, StatusChange
from bailiwick.apps.claims.rules.transitions import OPEN
from bailiwick.apps.claims.tests.factories import new_patient, new_stored_claim
from bailiwick.apps.claims.tests.test_interleaving import check_money, check_moves, check_work
from bailiwick.apps.claims.values.events import NewEvent
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError, NotFound
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member
from tests.faults.shops import REDELIVERY, Shop, kill_at_random, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

WAVES, PATIENTS, TOGETHER = 10, 40, 8
EVENTS = (EventType.ADMISSION, EventType.TREATMENT, EventType.DISCHARGE)


def test_each_event_moves_each_claim_once_while_workers_are_killed(organization: Any, shop: Shop) -> None:
    actor = actor_for(new_member(organization, "claims-admin"))
    claims = [claim for _wave in range(WAVES) for claim in begin_wave(actor)]
    is_over = Event()
    with ThreadPoolExecutor(1) as people:
        done = people.submit(work_beside, actor, [claim.id for claim in claims[::5]], is_over)
        try:
            kill_at_random(shop, [organization.id])
        finally:
            is_over.set()
        assert done.result() >= {"readjudicate", "reject", "appeal"}
    wait_for([organization.id], REDELIVERY)
    with enter(organization.id):
        assert not Job.objects.filter(kind="claims.event").exclude(state=JobState.DONE).exists()
        assert not PatientEvent.objects.filter(state=EventState.PENDING).exists()
        moved = StatusChange.objects.exclude(event=None).values("event", "claim").annotate(n=Count("id"))
        assert {row["n"] for row in moved} == {1}
        for claim in Claim.objects.all():
            check_moves(claim)
            check_work(claim)
            check_money(claim)


def begin_wave(actor: Actor) -> list[Claim]:
    """Patients with a claim each, to whom everything happens at once; some of it did not happen after all."""
    with enter(actor.organization_id, member_id=actor.member_id):
        claims = [new_stored_claim(patient=new_patient()) for _ in range(PATIENTS)]
        events = [report(actor, claim.patient_id, kind) for claim in claims for kind in EVENTS]
        for event in events[::7]:
            cancel_event(actor=actor, event_id=event.id)
    return claims


def report(actor: Actor, patient_id: UUID, kind: EventType) -> PatientEvent:
    return report_event(actor=actor, new=NewEvent(kind, now(), patient_id), source="ward")[0]


def work_beside(actor: Actor, claim_ids: list[UUID], is_over: Event) -> set[str]:
    """What people do meanwhile, to some claims at once; what is refused, because events were quicker, is left.

    Returns which of their deeds were not refused at least once.
    """
    done, chance = set(), Random(7)
    try:
        while not is_over.is_set():
            name, few = chance.choice([*DEEDS]), chance.sample(claim_ids, TOGETHER)
            with suppress(DomainError), enter(actor.organization_id, member_id=actor.member_id):
                DEEDS[name](actor, few)
                done.add(name)
    finally:
        connections.close_all()
    return done


def judge_open(actor: Actor, few: list[UUID]) -> None:
    still = list(Claim.objects.filter(id__in=few, stage__in=OPEN).values_list("id", flat=True))
    if not readjudicate(actor=actor, claim_ids=still):
        raise NotFound


DEEDS: dict[str, Callable[[Actor, list[UUID]], object]] = {
    "readjudicate": lambda actor, few: judge_open(actor, few),
    "reject": lambda actor, few: set_statuses(actor=actor, claim_ids=few, status=Status.REJECTED, reason="Not ours"),
    "review": lambda actor, few: set_statuses(actor=actor, claim_ids=few, status=Status.UNDER_REVIEW),
    "approve": lambda actor, few: set_statuses(actor=actor, claim_ids=few, status=Status.APPROVED),
    "appeal": lambda actor, few: file_appeal(actor=actor, claim_id=few[0], reason="It was needed"),
    "pay": lambda actor, few: set_statuses(actor=actor, claim_ids=few, status=Status.PAID),
}
