"""Reporting events in tests, and having them applied."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.timezone import now

from bailiwick.apps.claims.actions.events import report_event
from bailiwick.apps.claims.choices import EventType
from bailiwick.apps.claims.models import Claim, Patient, PatientEvent, StatusChange
from bailiwick.apps.claims.values.events import NewEvent
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_due
from bailiwick.kernel.tenancy.scope import enter

A, D, T, C = EventType.ADMISSION, EventType.DISCHARGE, EventType.TREATMENT, EventType.CANCEL
START = now() - timedelta(days=10)


def at(hour: float) -> datetime:
    """So many hours after a moment ten days ago."""
    return START + timedelta(hours=hour)


def report(actor: Actor, kind: EventType, patient: Patient | None = None, hour: float = 0, **more: Any) -> PatientEvent:
    """An event of the source "ward", in a transaction of its own."""
    new = NewEvent(kind, at(hour), patient.id if patient else None, **more)
    with enter(actor.organization_id, member_id=actor.member_id):
        event, _is_new = report_event(actor=actor, new=new, source="ward")
        return event


def work_off(actor: Actor) -> None:
    """Run all that is due; what rests after a fault is due at once."""
    while True:
        with enter(actor.organization_id):
            Job.objects.filter(state="waiting").update(available_at=F("submitted_at"))
            if not Job.objects.filter(state__in=["waiting", "running"]).exists():
                return
        run_due(str(actor.organization_id))


def standing(actor: Actor, *claims: Claim) -> list[str]:
    """Where the newest version of each claim stands, and for what it is under review."""
    found = []
    with enter(actor.organization_id):
        for claim in claims:
            last = Claim.objects.filter(number=claim.number).order_by("-version")[0]
            found.append(f"{last.stage}:{last.pend}" if last.pend else last.stage)
    return found


def read(actor: Actor, event: PatientEvent) -> PatientEvent:
    with enter(actor.organization_id):
        return PatientEvent.objects.select_related("patient", "subject").get(id=event.id)


def moves_of(actor: Actor, event_id: UUID) -> list[tuple[str, str]]:
    with enter(actor.organization_id):
        rows = StatusChange.objects.filter(event_id=event_id).order_by("id")
        return list(rows.values_list("from_stage", "to_stage"))
