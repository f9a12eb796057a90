"""Reporting what happened to a patient, correcting and taking back a report, and sending one again that failed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from bailiwick.apps.claims.choices import EventState, EventType
from bailiwick.apps.claims.errors import EventTaken, NotStuck
from bailiwick.apps.claims.manifest import EVENT_JOB, MANAGE, REPORT_EVENTS
from bailiwick.apps.claims.models import Patient, PatientEvent
from bailiwick.apps.claims.queries.events import STUCK, get_event, is_narrow, list_reportable, list_reports
from bailiwick.apps.claims.rules.events import PUBLISHED, digest_event
from bailiwick.apps.claims.values.events import NewEvent
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.identifiers import new_uuid7
from bailiwick.kernel.jobs.actions import submit_job

CLOCKS_DIFFER = timedelta(minutes=5)
"""By so much a source's clock may be fast."""
LONG_AGO = 1900
OWN = "bailiwick"
"""The source of what people report here by taking an event back."""


def report_event(*, actor: Actor, new: NewEvent, source: str) -> tuple[PatientEvent, bool]:
    """Store an event with the job that applies it; the second value says whether it is new.

    One whose patient nobody knows is parked and has no job yet. What comes again under the source's number is returned
    as it stands. Raises InvalidInput, and EventTaken when the number came before with another event.
    """
    actor.require(MANAGE if new.status_type == EventType.MERGE else REPORT_EVENTS)
    with transaction.atomic(savepoint=False):
        event = _make(actor, new, source)
        if new.source_id and (known := _find(source, new.source_id)):
            return _recognise(known, event), False
        try:
            with transaction.atomic():
                _store(actor, event)
        except IntegrityError:
            known = _find(source, new.source_id)
            if known is None:
                raise
            return _recognise(known, event), False
        record(actor.ref, "claims.event.reported", event, {"source": source})
        return event, True


def cancel_event(*, actor: Actor, event_id: UUID) -> PatientEvent:
    """Report that an event did not happen; nobody finds it by the API any more. Raises NotFound."""
    actor.require(REPORT_EVENTS)
    with transaction.atomic(savepoint=False):
        subject = get_event(actor, event_id)
        require_author(actor, subject)
        new = NewEvent(EventType.CANCEL, now(), subject_id=subject.id, source_id=str(subject.id))
        event, _is_new = report_event(actor=actor, new=new, source=OWN)
        return event


def change_event(*, actor: Actor, event_id: UUID, given: Mapping[str, Any]) -> PatientEvent:
    """Correct where it happened and its details; what says which event it is does not change.

    Raises NotFound, and InvalidInput where another patient, type or time is given: such an event is cancelled and
    reported anew.
    """
    actor.require(REPORT_EVENTS)
    with transaction.atomic(savepoint=False):
        require_author(actor, get_event(actor, event_id))
        event: PatientEvent = PatientEvent.objects.select_for_update(of=("self",)).get(id=event_id)
        fixed = {"patient": event.patient_id, "status_type": event.status_type, "occurred_at": event.occurred_at}
        sentence = _("This says which event it is. Cancel it and report it anew.")
        if faults := {name: [sentence] for name, held in fixed.items() if given.get(name, held) != held}:
            raise InvalidInput(faults)
        event.facility_name = given.get("facility_name", event.facility_name)
        event.details = given.get("details", event.details)
        event.save(update_fields=["facility_name", "details"])
        record(actor.ref, "claims.event.changed", event)
        return event


def send_again(*, actor: Actor, event_id: UUID) -> None:
    """Give an event whose job has ended in vain a new one, in the name of whoever sends it.

    Raises NotFound, and NotStuck where its job is done or still tried.
    """
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        if not list_reports(actor).filter(id=event_id).exists():
            raise NotFound
        event = PatientEvent.objects.select_for_update(of=("self",)).filter(STUCK, id=event_id).first()
        if event is None:
            raise NotStuck
        queue_event(actor, event)
        event.save(update_fields=["state", "job"])
        record(actor.ref, "claims.event.resent", event)


def require_author(actor: Actor, event: PatientEvent) -> None:
    """Raises Forbidden for a provider who did not report it: they see what others say of their patients."""
    if is_narrow(actor) and event.member_id != actor.member_id:
        raise Forbidden(right=MANAGE)


def queue_event(actor: Actor, event: PatientEvent) -> None:
    """Give an event the job that applies it; whoever calls stores the event."""
    event.state = EventState.PENDING
    event.job = submit_job(actor=actor, kind=EVENT_JOB, arguments={"event": str(event.id)})


def _make(actor: Actor, new: NewEvent, source: str) -> PatientEvent:
    """The event as it would be stored; raises InvalidInput."""
    if new.occurred_at > now() + CLOCKS_DIFFER:
        raise InvalidInput({"occurred_at": [_("This is in the future.")]})
    if new.occurred_at.year < LONG_AGO:
        raise InvalidInput({"occurred_at": [_("This is too long ago.")]})
    key = new_uuid7()
    subject = _find_subject(actor, new, source)
    patient = _find_patient(actor, new, subject)
    if patient and new.status_type in PUBLISHED and localdate(new.occurred_at) < patient.date_of_birth:
        raise InvalidInput({"occurred_at": [_("This is before the patient was born.")]})
    return PatientEvent(
        id=key,
        source=source,
        source_id=new.source_id or str(key),
        patient=patient,
        patient_reference="" if patient else new.patient_reference,
        status_type=new.status_type,
        subject=subject,
        subject_reference="" if subject else new.cancels,
        merged_patient=_find_merged(new, patient),
        facility_name=new.facility_name,
        details=dict(new.details),
        occurred_at=new.occurred_at,
        member_id=actor.member_id,
        digest=digest_event(new),
    )


def _find_patient(actor: Actor, new: NewEvent, subject: PatientEvent | None) -> Patient | None:
    """Whom it is about by now; None where nobody has the number. Who is out of sight is as good as unknown."""
    if subject:
        return subject.patient
    if new.patient_id is None and not new.patient_reference:
        if new.status_type == EventType.CANCEL and not is_narrow(actor):
            return None
        raise InvalidInput({"patient": [_("Say whom it is about.")]})
    by_key = {"id": new.patient_id} if new.patient_id else {"number": new.patient_reference}
    found = list_reportable(actor).select_related("merged_into").filter(**by_key).first()
    if found is None and (new.patient_id or is_narrow(actor)):
        field = "patient" if new.patient_id else "patient_reference"
        raise InvalidInput({field: [_("You see no such patient.")]})
    return (found.merged_into or found) if found else None


def _find_subject(actor: Actor, new: NewEvent, source: str) -> PatientEvent | None:
    """What a cancellation takes back; None where it comes before it."""
    if new.status_type != EventType.CANCEL:
        return None
    if not (new.subject_id or new.cancels):
        raise InvalidInput({"cancels": [_("Say which event it cancels, by its number at the same source.")]})
    by_key = {"id": new.subject_id} if new.subject_id else {"source": source, "source_id": new.cancels}
    found = list_reports(actor).select_related("patient").filter(**by_key).first()
    if found:
        require_author(actor, found)
    if found is None and (new.subject_id or is_narrow(actor)):
        raise InvalidInput({"cancels": [_("You see no such event.")]})
    if found and found.status_type not in PUBLISHED:
        raise InvalidInput({"cancels": [_("Only an admission, a treatment or a discharge is cancelled.")]})
    return found


def _find_merged(new: NewEvent, patient: Patient | None) -> Patient | None:
    if new.status_type != EventType.MERGE:
        return None
    found: Patient | None = Patient.objects.filter(id=new.merged_patient_id).first()
    if found is None or found == patient:
        raise InvalidInput({"merged_patient": [_("Say which other patient goes.")]})
    return found


def _find(source: str, source_id: str) -> PatientEvent | None:
    rows = PatientEvent.objects.filter(source=source, source_id=source_id)
    return rows.select_related("patient").first()


def _recognise(known: PatientEvent, given: PatientEvent) -> PatientEvent:
    if bytes(known.digest or b"") != given.digest:
        raise EventTaken(id=str(known.id))
    return known


def _store(actor: Actor, event: PatientEvent) -> None:
    """The event and its job, or neither. Without a patient there is nothing to do but to look what is cancelled."""
    if event.patient_id or event.status_type == EventType.CANCEL:
        queue_event(actor, event)
    else:
        event.state = EventState.PARKED
    event.save(force_insert=True)
