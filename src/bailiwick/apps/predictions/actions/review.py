"""Deciding predictions, passing them on, and taking back or correcting one's own decision."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from bailiwick.apps.predictions.actions.answers import CheckedAnswer, check_answer, write_answer
from bailiwick.apps.predictions.manifest import DISPUTE_QUEUE, REVIEW_QUEUE
from bailiwick.apps.predictions.queries.decisions import answer_of, get_own_decision
from bailiwick.apps.predictions.queries.rounds import find_gold_for
from bailiwick.apps.predictions.values import Answer
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.decisions.actions import write_decision
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import get_live_decision
from bailiwick.kernel.tenancy.queries import get_secret
from bailiwick.kernel.worklist import actions as worklist
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.rules import draw, is_gold

QUEUE = REVIEW_QUEUE.code


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, the queue that it was for, and whether it had been stored before by the same answer."""

    decision: Decision
    queue: str
    is_repeat: bool


def decide_prediction(*, actor: Actor, prediction_id: UUID, token: str, answer: Answer) -> Decided:
    """Store a reviewer's answer to the prediction that they hold, and ask for another opinion where one is due.

    The same answer with the same token again returns what is stored. Raises TokenMissing, LeaseLost, NotFound,
    AlreadyDecided, AlreadyInvolved, or InvalidInput naming each reason that has no answer.
    """
    with transaction.atomic(savepoint=False):
        item, rounds = worklist.lock_item(actor=actor, queue_code=QUEUE, subject_id=prediction_id, token=token)
        checked = check_answer(item, answer)
        if item.done_at is not None:
            return Decided(_recognise(item, checked.answer), item.queue, is_repeat=True)
        worklist.require_fresh_eyes(actor, item, rounds)
        decision = _write(actor, item, checked, Meaning.REVIEW, _seconds_since_claim(item))
        worklist.complete_item(item)
        worklist.settle_rounds(QUEUE, rounds)
        _mix_in_gold(actor, item)
        record(actor.ref, "predictions.prediction.decided", decision, {"verdict": answer.verdict})
        return Decided(decision, item.queue, is_repeat=False)


def correct_decision(*, actor: Actor, decision_id: UUID, answer: Answer) -> Decision:
    """Supersede one's own decision by another; raises NotFound for anybody else's, AlreadyDecided for an old one."""
    with transaction.atomic(savepoint=False):
        former = get_own_decision(actor, decision_id)
        item, rounds = _lock_own(actor, former)
        if item.done_at is None:
            raise AlreadyDecided
        checked = check_answer(item, answer)
        decision = _write(actor, item, checked, Meaning.CORRECTION, 0, supersedes_id=former.id)
        worklist.settle_rounds(QUEUE, rounds)
        record(actor.ref, "predictions.decision.corrected", decision, {"supersedes": str(former.id)})
        return decision


def undo_decision(*, actor: Actor, decision_id: UUID) -> WorkItem:
    """Take one's own decision back and have its prediction in hands again, instead of the one claimed meanwhile.

    Raises NotFound for anybody else's, UndoTooLate, DecidedOn or AlreadyDecided.
    """
    with transaction.atomic(savepoint=False):
        former = get_own_decision(actor, decision_id)
        item = worklist.undo_decision(actor=actor, decision=former, queue_code=QUEUE)
        record(actor.ref, "predictions.decision.undone", former)
        return item


def skip_prediction(*, actor: Actor, prediction_id: UUID, token: str, reason: str) -> None:
    """Leave a prediction that one holds to somebody else, saying why; raises LeaseLost."""
    worklist.skip_item(actor=actor, queue_code=QUEUE, subject_id=prediction_id, token=token, reason=reason)


def escalate_prediction(*, actor: Actor, prediction_id: UUID, token: str, reason: str) -> None:
    """Give a prediction that one holds to whoever settles disputes, saying why; raises LeaseLost or NothingToPass."""
    worklist.escalate_item(actor=actor, queue_code=QUEUE, subject_id=prediction_id, token=token, reason=reason)


def _lock_own(actor: Actor, decision: Decision) -> tuple[WorkItem, list[WorkItem]]:
    subject_id = WorkItem.objects.values_list("subject_id", flat=True).filter(id=decision.item_id).first()
    if subject_id is None:
        raise NotFound
    rounds = worklist.lock_rounds(actor, QUEUE, subject_id)
    return next(item for item in rounds if item.id == decision.item_id), rounds


def _write(
    actor: Actor, item: WorkItem, checked: CheckedAnswer, meaning: str, seconds: int, supersedes_id: UUID | None = None
) -> Decision:
    decision = write_decision(
        actor=actor,
        item_id=item.id,
        verdict=checked.answer.verdict,
        reason=checked.answer.note,
        round=item.round,
        meaning=meaning,
        content_digest=bytes(item.content_digest),
        seconds_spent=seconds,
        is_model_visible=not item.is_blind,
        supersedes_id=supersedes_id,
    )
    write_answer(decision, checked)
    return decision


def _recognise(item: WorkItem, answer: Answer) -> Decision:
    stored = get_live_decision(item.id)
    if stored is None or answer_of(stored) != answer:
        raise AlreadyDecided
    return stored


def _mix_in_gold(actor: Actor, item: WorkItem) -> None:
    """Now and then what comes next has a known answer; by a draw, so that nobody can tell when."""
    share = item.gold_share  # type: ignore[attr-defined]
    if not share or is_gold(item.round) or item.queue == DISPUTE_QUEUE.code:
        return
    if draw(get_secret("sampling"), "gold", actor.member_id, item.id) < share:
        gold = find_gold_for(actor)
        if gold is not None:
            worklist.queue_gold(
                item,
                subject_id=gold.prediction_id,
                content_digest=gold.content_digest,
                deciders=gold.deciders,
            )


def _seconds_since_claim(item: WorkItem) -> int:
    return max(0, int((now() - item.claimed_at).total_seconds())) if item.claimed_at else 0
