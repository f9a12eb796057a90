"""Giving reported events their effect, once: patients are locked first, then events, then claims, each by key."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from bailiwick.apps.claims.actions.adjudication import approve_claims
from bailiwick.apps.claims.actions.events.locking import PatientMoved, lock_claims, lock_waiting
from bailiwick.apps.claims.actions.events.merging import apply_merge
from bailiwick.apps.claims.actions.events.undoing import apply_cancellation
from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.choices import EventState, EventType, Mover, Pend, RequestState, Stage
from bailiwick.apps.claims.models import InformationRequest, PatientEvent
from bailiwick.apps.claims.queries.effects import find_discharges, list_cancellations
from bailiwick.apps.claims.queries.events import list_waiting
from bailiwick.apps.claims.rules.events import HOLDING, Standing, Stay, count_words, held_by
from bailiwick.apps.claims.rules.transitions import OPEN
from bailiwick.apps.claims.values.events import Effect
from bailiwick.kernel.base.actors import ActorRef

REASON = "Auto-finalize"
"""The published reason of what a discharge approves."""
CHUNK = 500
MOVING = ("patient", "stage", "pend", "status", "submitted_at", "version", "revision", "assigned_processor")
"""What is asked of a claim that comes under review."""

NOTE = """
UPDATE claims_patientevent event
   SET state = given.state, moved = given.moved, outcome = given.outcome,
       applied_at = CASE WHEN given.state <> 'parked' THEN statement_timestamp() END
  FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::text[]) given(id, state, moved, outcome)
 WHERE event.id = given.id
"""


def apply_event(*, actor: ActorRef, event_id: UUID, together: Sequence[PatientEvent] = ()) -> list[Effect]:
    """Apply an event that waits, and with an admission or treatment those of `together` that are such, too.

    Whatever was applied before has no second effect. Raises PatientMoved.
    """
    waiting = {event.id: event for event in together or list_waiting([event_id])}
    event = waiting.get(event_id)
    if event is None:
        return []
    if event.status_type in HOLDING:
        effects = _apply_stays(actor, [each for each in waiting.values() if each.status_type in HOLDING])
    else:
        effects = APPLY[EventType(event.status_type)](actor, event)
    if event_id not in {effect.event_id for effect in effects} and list_waiting([event_id]):
        raise PatientMoved
    _note(effects)
    return effects


def _apply_stays(actor: ActorRef, events: Sequence[PatientEvent]) -> list[Effect]:
    """Admissions and treatments of any patients: accepted claims that were there come under review."""
    locked = lock_waiting(events)
    cancelled = list_cancellations(locked)
    stays = [
        Stay(event.id, event.patient_id, event.occurred_at, event.received_at)
        for event in locked
        if event.patient_id and event.id not in cancelled
    ]
    patients = {stay.patient_id for stay in stays}
    claims = lock_claims(patients, Q(stage=Stage.ACCEPTED), *MOVING)
    standing = [Standing(claim.id, claim.patient_id, claim.submitted_at) for claim in claims]
    held = held_by(standing, stays, find_discharges(patients))
    move_claims(
        [claim for claim in claims if claim.id in held],
        Stage.UNDER_REVIEW,
        mover=Mover.ADMISSION,
        member_id=actor.member_id,
        event_id=held,
        pend=Pend.EVENT,
    )
    moved = Counter(held.values())
    return [
        Effect(
            event.id,
            event.patient_id,
            {Stage.UNDER_REVIEW.value: moved[event.id]},
            EventState.CANCELLED if event.id in cancelled else EventState.APPLIED,
        )
        for event in locked
    ]


def _apply_discharge(actor: ActorRef, event: PatientEvent) -> list[Effect]:
    """Open claims that were there are approved, as far as adjudication lets them and nothing is asked about them."""
    asked = InformationRequest.objects.filter(claim_id=OuterRef("id"), state=RequestState.OPEN)
    for locked in lock_waiting([event]):
        if list_cancellations([locked]):
            return [Effect(locked.id, locked.patient_id, state=EventState.CANCELLED)]
        assert locked.patient_id
        which = Q(~Exists(asked), stage__in=OPEN, submitted_at__lte=locked.received_at)
        claims = lock_claims([locked.patient_id], which)
        before = {claim.id: claim.stage for claim in claims}
        for start in range(0, len(claims), CHUNK):
            approve_claims(
                actor=actor,
                claims=claims[start : start + CHUNK],
                mover=Mover.DISCHARGE,
                event_id=locked.id,
                reason=REASON,
            )
        words = [str(claim.stage) for claim in claims if claim.stage != before[claim.id]]
        return [Effect(locked.id, locked.patient_id, count_words(words))]
    return []


def _note(effects: Sequence[Effect]) -> None:
    values: list[Any] = [
        [effect.event_id for effect in effects],
        [effect.state.value for effect in effects],
        [effect.moved for effect in effects],
        [effect.outcome for effect in effects],
    ]
    with connection.cursor() as cursor:
        cursor.execute(NOTE, values)


APPLY: dict[EventType, Callable[[ActorRef, PatientEvent], list[Effect]]] = {
    EventType.DISCHARGE: _apply_discharge,
    EventType.CANCEL: apply_cancellation,
    EventType.MERGE: apply_merge,
}
