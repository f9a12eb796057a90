"""Finding the patients of parked events, and the events that parked cancellations take back."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from bailiwick.apps.claims.actions.events.locking import lock_rows
from bailiwick.apps.claims.actions.events.reporting import queue_event
from bailiwick.apps.claims.choices import EventState
from bailiwick.apps.claims.manifest import MANAGE
from bailiwick.apps.claims.models import Patient, PatientEvent
from bailiwick.apps.claims.queries.events import get_report
from bailiwick.apps.claims.queries.parties import get_patient
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import NotFound

CHUNK = 1_000


def match_patient(*, actor: Actor, patient: Patient) -> int:
    """Queue the events that were parked under a patient's number; called where a patient gets one. Returns how many."""
    if not patient.number:
        return 0
    rows = PatientEvent.objects.filter(state=EventState.PARKED, patient_reference=patient.number)
    return _queue(actor, list(rows.order_by("id").values_list("id", flat=True)))


def match_report(*, actor: Actor, event_id: UUID, patient_id: UUID) -> PatientEvent:
    """Say whom a parked event is about. Raises NotFound, also where it is not parked any more."""
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        get_report(actor, event_id)
        patient = get_patient(actor, patient_id)
        [event] = lock_rows([event_id])
        if event.state != EventState.PARKED or event.subject_reference:
            raise NotFound
        event.patient = patient
        _requeue(actor, event)
        record(actor.ref, "claims.event.matched", event)
        return event


def match_all(actor: Actor) -> int:
    """Queue what is parked and by now knows its patient, or what it takes back; returns how many."""
    known = Patient.objects.filter(number=OuterRef("patient_reference"))
    come = PatientEvent.objects.filter(source=OuterRef("source"), source_id=OuterRef("subject_reference"))
    rows = PatientEvent.objects.filter(
        Q(~Q(patient_reference=""), Exists(known)) | Q(~Q(subject_reference=""), Exists(come)),
        state=EventState.PARKED,
    )
    return _queue(actor, list(rows.order_by("id").values_list("id", flat=True)[:CHUNK]))


def _queue(actor: Actor, keys: list[UUID]) -> int:
    parked = [event for event in lock_rows(keys) if event.state == EventState.PARKED]
    numbers = {event.patient_reference for event in parked if event.patient_reference}
    rows = Patient.objects.filter(number__in=numbers).select_related("merged_into")
    patients = {row.number: row.merged_into or row for row in rows}
    for event in parked:
        event.patient = event.patient or patients.get(event.patient_reference)
        _requeue(actor, event)
    return len(parked)


def _requeue(actor: Actor, event: PatientEvent) -> None:
    queue_event(actor, event)
    event.save(update_fields=["patient", "state", "job"])
