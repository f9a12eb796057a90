"""Reading what decides of the effect of patient events; asked by the job that applies them, whoever reported."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Q

from bailiwick.apps.claims.choices import EventState, EventType, Stage
from bailiwick.apps.claims.models import PatientEvent, StatusChange
from bailiwick.apps.claims.rules.events import HOLDING, Moment, Stay


def list_cancellations(events: Sequence[PatientEvent]) -> set[UUID]:
    """Keys of those of some events that somebody took back, before or after they came."""
    by_number = {(event.source, event.source_id): event.id for event in events}
    named = Q(subject_id__in=[event.id for event in events]) | Q(
        subject_reference__in=[event.source_id for event in events]
    )
    rows = PatientEvent.objects.filter(named, status_type=EventType.CANCEL)
    found = {
        subject_id or by_number.get((source, number))
        for subject_id, source, number in rows.values_list("subject_id", "source", "subject_reference")
    }
    return {key for key in found if key}


def find_subject(event: PatientEvent) -> PatientEvent | None:
    """What a cancellation takes back, if it has come."""
    if event.subject_id:
        return PatientEvent.objects.filter(id=event.subject_id).first()
    return PatientEvent.objects.filter(source=event.source, source_id=event.subject_reference).first()


def find_discharges(patients: Collection[UUID]) -> dict[UUID, Moment]:
    """When each of some patients was last discharged, of what was applied and stands."""
    rows = PatientEvent.objects.filter(
        patient_id__in=patients, status_type=EventType.DISCHARGE, state=EventState.APPLIED
    )
    last = rows.order_by("patient_id", "-occurred_at", "-id").distinct("patient_id")
    return {patient: (at, key) for patient, at, key in last.values_list("patient_id", "occurred_at", "id")}


def list_discharges(patient_id: UUID) -> list[PatientEvent]:
    """The discharges of a patient that were applied and stand."""
    rows = PatientEvent.objects.filter(patient_id=patient_id, status_type=EventType.DISCHARGE, state=EventState.APPLIED)
    return list(rows.order_by("occurred_at", "id"))


def list_stays(patient_id: UUID) -> list[Stay]:
    """The admissions and treatments of a patient that were applied and stand."""
    rows = PatientEvent.objects.filter(patient_id=patient_id, status_type__in=HOLDING, state=EventState.APPLIED)
    return [Stay(row.id, patient_id, row.occurred_at, row.received_at) for row in rows.order_by("occurred_at", "id")]


def map_pends(claim_ids: Collection[UUID]) -> dict[UUID, str]:
    """For what each of some claims came under review the last time."""
    rows = StatusChange.objects.filter(claim_id__in=claim_ids, to_stage=Stage.UNDER_REVIEW)
    return dict(rows.order_by("claim_id", "-id").distinct("claim_id").values_list("claim_id", "pend"))
