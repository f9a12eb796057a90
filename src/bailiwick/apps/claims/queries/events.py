"""Reading patient events, narrowed to what the actor may see."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from bailiwick.apps.claims.choices import EventState, EventType
from bailiwick.apps.claims.manifest import BE_PATIENT, EVENT_JOB, MANAGE, PROCESS, PROVIDE, REPORT_EVENTS, SEE_ALL
from bailiwick.apps.claims.models import Claim, Patient, PatientEvent, StatusChange
from bailiwick.apps.claims.queries.claims import list_own_patients, list_own_providers, list_versions
from bailiwick.apps.claims.rules.events import PUBLISHED
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.models import Job

HISTORY = 1_000
STUCK = Q(state=EventState.DEAD) | Q(state=EventState.PENDING, job__state__in=[JobState.DEAD, JobState.CANCELLED])
"""Events whose job has ended without giving them their effect."""
ASKED = (
    "patient",
    "status_type",
    "occurred_at",
    "received_at",
    "source",
    "source_id",
    "subject",
    "subject_reference",
    "merged_patient",
)


def list_reports(actor: Actor) -> QuerySet[PatientEvent]:
    """Every report that the actor may see, cancelled ones too, newest first.

    All for who sees all claims; those of the patients of one's claims for processors and providers, one's own for
    patients, and what one reported.
    """
    return _seen_by(actor, PatientEvent.objects.all()).order_by("-id")


def list_events(actor: Actor) -> QuerySet[PatientEvent]:
    """Every event that the actor may see and nobody has cancelled, newest first."""
    cancels = PatientEvent.objects.filter(subject_id=OuterRef("id"), status_type=EventType.CANCEL)
    return list_reports(actor).exclude(state=EventState.CANCELLED).exclude(Exists(cancels))


def list_history(actor: Actor, patient_id: UUID) -> QuerySet[PatientEvent]:
    """What happened to one patient, as far as the actor may see it, the latest first."""
    rows = list_events(actor).filter(patient_id=patient_id, status_type__in=PUBLISHED)
    return rows.order_by("-occurred_at", "-id")[:HISTORY]


def _seen_by(actor: Actor, rows: QuerySet[PatientEvent]) -> QuerySet[PatientEvent]:
    if actor.may((SEE_ALL, MANAGE)):
        return rows
    seen = Q(pk__in=[])
    if actor.may(REPORT_EVENTS):
        seen |= Q(member_id=actor.member_id)
    if actor.may(PROCESS):
        assigned = Claim.objects.filter(assigned_processor_id=actor.member_id, is_live=True)
        seen |= Q(patient_id__in=assigned.values("patient_id"))
    if actor.may(PROVIDE):
        seen |= Q(patient_id__in=_billed_for(actor))
    if actor.may(BE_PATIENT):
        seen |= Q(patient_id__in=list_own_patients(actor))
    return rows.filter(seen)


def _billed_for(actor: Actor) -> QuerySet[Claim, UUID]:
    billed = Claim.objects.filter(provider_id__in=list_own_providers(actor), is_live=True)
    return billed.values_list("patient_id", flat=True)


def list_reportable(actor: Actor) -> QuerySet[Patient]:
    """Patients of whom the actor may report events: for providers those for whom they have billed."""
    rows = Patient.objects.all()
    return rows.filter(id__in=_billed_for(actor)) if is_narrow(actor) else rows


def is_narrow(actor: Actor) -> bool:
    """Whether the actor reports as a provider, and so for their own patients alone."""
    return actor.may(PROVIDE) and not actor.may((SEE_ALL, MANAGE, PROCESS))


def get_report(actor: Actor, event_id: UUID) -> PatientEvent:
    """One report that the actor may see, cancelled or not; raises NotFound."""
    return _found(list_reports(actor), event_id)


def get_event(actor: Actor, event_id: UUID) -> PatientEvent:
    """One event that the actor may see and nobody has cancelled; raises NotFound."""
    return _found(list_events(actor), event_id)


def _found(rows: QuerySet[PatientEvent], event_id: UUID) -> PatientEvent:
    found = rows.select_related("patient", "merged_patient", "subject", "member", "job").filter(id=event_id).first()
    if found is None:
        raise NotFound
    return found


def in_state(rows: QuerySet[PatientEvent], state: str) -> QuerySet[PatientEvent]:
    """Of some reports those that stand somewhere, as people see it; all for no state."""
    if not state:
        return rows
    if state == EventState.DEAD:
        return rows.filter(STUCK)
    return rows.filter(state=state).exclude(STUCK) if state == EventState.PENDING else rows.filter(state=state)


def is_cancellable(actor: Actor, event: PatientEvent) -> bool:
    """Whether it says what happened, the actor may take it back, and nobody has."""
    if is_narrow(actor) and event.member_id != actor.member_id:
        return False
    return event.status_type in PUBLISHED and list_events(actor).filter(id=event.id).exists()


def list_effects(actor: Actor, event: PatientEvent) -> list[StatusChange]:
    """The moves that an event made of claims that the actor may see."""
    rows = StatusChange.objects.filter(event=event, claim__in=list_versions(actor).order_by().values("id"))
    return list(rows.select_related("claim").order_by("id")[:HISTORY])


def list_waiting(keys: Collection[UUID]) -> list[PatientEvent]:
    """Of some events those that are still to be applied, in order of their reports, with what applying them asks."""
    rows = PatientEvent.objects.filter(id__in=keys, state=EventState.PENDING)
    return list(rows.order_by("id").only(*ASKED))


def list_together(hold: int) -> list[PatientEvent]:
    """The events whose jobs one worker has taken together and that are still to be applied."""
    jobs = Job.objects.filter(kind=EVENT_JOB, hold=hold, state=JobState.RUNNING, is_cancel_asked=False)
    return list_waiting([UUID(arguments["event"]) for arguments in jobs.values_list("arguments", flat=True)])
