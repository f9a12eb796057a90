"""Taking back what an event did, as if it had not been reported."""

from collections.abc import Container, Mapping, Sequence
from uuid import UUID

from django.db.models import Q

from bailiwick.apps.claims.actions.correcting import correct_locked
from bailiwick.apps.claims.actions.events.locking import PatientMoved, lock_claims, lock_patients, lock_rows
from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.choices import EventState, EventType, Mover, Pend, Stage
from bailiwick.apps.claims.models import Claim, PatientEvent, StatusChange
from bailiwick.apps.claims.queries.effects import find_discharges, find_subject, list_discharges, list_stays, map_pends
from bailiwick.apps.claims.rules.events import PUBLISHED, Standing, count_words, held_by
from bailiwick.apps.claims.rules.transitions import FINAL, GRANTED
from bailiwick.apps.claims.values.events import LEFT, Effect
from bailiwick.kernel.base.actors import ActorRef

Held = Container[UUID]
REASON = "Cancelled discharge"


def apply_cancellation(actor: ActorRef, event: PatientEvent) -> list[Effect]:
    """Take an event back; one that has not come yet is waited for, and has no effect when it comes."""
    subject = find_subject(event)
    if subject is None:
        return [Effect(event.id, event.patient_id, state=EventState.PARKED)]
    patient_id = subject.patient_id
    lock_patients([patient_id])
    rows = {row.id: row for row in lock_rows([event.id, subject.id])}
    event, subject = rows[event.id], rows[subject.id]
    if subject.patient_id != patient_id:
        raise PatientMoved
    if event.state != EventState.PENDING:
        return []
    event.subject, event.patient_id = subject, patient_id
    event.save(update_fields=["subject", "patient"])
    if subject.status_type not in PUBLISHED:
        return [Effect(event.id, patient_id)]
    was, subject.state = subject.state, EventState.CANCELLED
    subject.save(update_fields=["state"])
    if was != EventState.APPLIED or patient_id is None:
        return [Effect(event.id, patient_id)]
    undo = _undo_discharge if subject.status_type == EventType.DISCHARGE else _undo_stay
    return [Effect(event.id, patient_id, count_words(undo(actor, event, subject, patient_id)))]


def _undo_stay(actor: ActorRef, event: PatientEvent, subject: PatientEvent, patient_id: UUID) -> list[str]:
    """Claims that nothing else keeps under review go back to where they came from."""
    claims = lock_claims([patient_id], Q(stage=Stage.UNDER_REVIEW, pend=Pend.EVENT))
    held = _held(claims, patient_id)
    return _move_back(actor, event, [claim for claim in claims if claim.id not in held])


def _undo_discharge(actor: ActorRef, event: PatientEvent, subject: PatientEvent, patient_id: UUID) -> list[str]:
    """What it decided is open again, unless another discharge decides the same; what is paid stays."""
    changes = {change.claim_id: change for change in StatusChange.objects.filter(event=subject)}
    claims = lock_claims([patient_id], Q(id__in=changes) | Q(stage=Stage.ACCEPTED))
    held = _held(claims, patient_id)
    others = [other.received_at for other in list_discharges(patient_id)]
    touched = [claim for claim in claims if not any(claim.submitted_at <= at for at in others)]
    reviewed = [claim for claim in touched if claim.id in changes and _is_still(claim, changes[claim.id])]
    words = _move_back(actor, event, [claim for claim in reviewed if claim.id not in held])
    words += _hold(actor, event, [claim for claim in touched if claim.id in held and claim not in reviewed])
    decided = [claim for claim in touched if claim.id in changes and claim.stage in FINAL]
    return words + _reopen(actor, event, decided, changes, held)


def _held(claims: Sequence[Claim], patient_id: UUID) -> Held:
    standing = [Standing(claim.id, claim.patient_id, claim.submitted_at) for claim in claims]
    return held_by(standing, list_stays(patient_id), find_discharges([patient_id]))


def _is_still(claim: Claim, change: StatusChange) -> bool:
    """Whether a claim is under review for what the event found, and for nothing that came later."""
    return claim.stage == change.to_stage == Stage.UNDER_REVIEW and claim.pend == change.pend


def _move_back(actor: ActorRef, event: PatientEvent, claims: Sequence[Claim]) -> list[str]:
    move_claims(claims, Stage.ACCEPTED, mover=Mover.CANCELLATION, member_id=actor.member_id, event_id=event.id)
    return [Stage.ACCEPTED.value] * len(claims)


def _hold(actor: ActorRef, event: PatientEvent, claims: Sequence[Claim]) -> list[str]:
    """Accepted claims that an admission touches which the discharge had ended."""
    accepted = [claim for claim in claims if claim.stage == Stage.ACCEPTED]
    move_claims(
        accepted,
        Stage.UNDER_REVIEW,
        mover=Mover.ADMISSION,
        member_id=actor.member_id,
        event_id=event.id,
        pend=Pend.EVENT,
    )
    return [Stage.UNDER_REVIEW.value] * len(accepted)


def _reopen(
    actor: ActorRef, event: PatientEvent, claims: Sequence[Claim], changes: Mapping[UUID, StatusChange], held: Held
) -> list[str]:
    """Approved claims become a new version that stands where they would without it; what is paid or about to be stays.

    That is under review where an admission holds them or somebody had to look at them before, else accepted.
    """
    words, pends = [], map_pends([claim.id for claim in claims])
    for claim in claims:
        if claim.stage not in GRANTED:
            words.append(LEFT)
            continue
        was_reviewed = changes[claim.id].from_stage == Stage.UNDER_REVIEW
        pend = pends.get(claim.id, Pend.REQUEST) if was_reviewed else ""
        if pend in ("", Pend.EVENT):
            pend = Pend.EVENT if claim.id in held else ""
        correct_locked(
            actor=actor,
            claim=claim,
            kind=Stage.REPLACED,
            reason=REASON,
            mover=Mover.CANCELLATION,
            event_id=event.id,
            pend=pend,
        )
        words.append(Stage.REPLACED.value)
    return words
