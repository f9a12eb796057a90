"""Patient events move claims once, whoever dies in between, while people work on the same claims."""

from typing import Any
from uuid import UUID

import pytest
from django.db.models import Count
from django.utils.timezone import now

from bailiwick.apps.claims.actions.adjudication import readjudicate
from bailiwick.apps.claims.actions.events import cancel_event, report_event
from bailiwick.apps.claims.actions.statuses import set_statuses
from bailiwick.apps.claims.choices import EventState, EventType, Status
from bailiwick.apps.claims.models import Claim, PatientEvent, StatusChange
from bailiwick.apps.claims.tests.factories import new_patient, new_stored_claim
from bailiwick.apps.claims.tests.test_interleaving import check_money, check_moves, check_work
from bailiwick.apps.claims.values.events import NewEvent
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member
from tests.faults.shops import REDELIVERY, Shop, kill_at_random, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

WAVES, PATIENTS = 10, 40
EVENTS = (EventType.ADMISSION, EventType.TREATMENT, EventType.DISCHARGE)


def test_each_event_moves_each_claim_once_while_workers_are_killed(organization: Any, shop: Shop) -> None:
    actor = actor_for(new_member(organization, "claims-admin"))
    claims = [claim for _wave in range(WAVES) for claim in begin_wave(actor)]
    kill_at_random(shop, [organization.id])
    work_beside(actor, [claim.id for claim in claims[::10]])
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


def work_beside(actor: Actor, claim_ids: list[UUID]) -> None:
    """What people do meanwhile; what is refused, because events were quicker, is left."""
    for number, claim_id in enumerate(claim_ids):
        try:
            with enter(actor.organization_id, member_id=actor.member_id):
                if number % 2:
                    readjudicate(actor=actor, claim_ids=[claim_id])
                else:
                    set_statuses(actor=actor, claim_ids=[claim_id], status=Status.REJECTED, reason="Not for this payer")
        except DomainError:
            continue
