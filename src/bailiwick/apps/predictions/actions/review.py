"""Deciding predictions, and correcting one's own decision."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.choices import Outcome
from bailiwick.apps.predictions.manifest import REVIEW, REVIEW_QUEUE
from bailiwick.apps.predictions.queries.decisions import answer_of, get_own_decision
from bailiwick.apps.predictions.queries.predictions import map_reasons
from bailiwick.apps.predictions.values import Answer
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.decisions.actions import write_decision
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import get_live_decision
from bailiwick.kernel.worklist.actions import complete_item, lock_item
from bailiwick.kernel.worklist.models import WorkItem

# Of one shape for any number of reasons, so that the server plans it once.
WRITE_OUTCOMES = """
INSERT INTO predictions_reasondecision (decision_id, prediction_reason_id, outcome, corrected_explanation)
SELECT %s, * FROM unnest(%s::uuid[], %s::text[], %s::text[])
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, and whether it had been stored before by the same answer."""

    decision: Decision
    is_repeat: bool


def decide_prediction(*, actor: Actor, prediction_id: UUID, token: str, answer: Answer) -> Decided:
    """Store a reviewer's answer to the prediction that they hold.

    The same answer with the same token again returns what is stored. Raises TokenMissing, LeaseLost, NotFound,
    AlreadyDecided, or InvalidInput naming each reason that has no answer.
    """
    actor.require(REVIEW)
    with transaction.atomic(savepoint=False):
        item = lock_item(actor=actor, queue_code=REVIEW_QUEUE.code, subject_id=prediction_id, token=token)
        reasons = map_reasons(prediction_id)
        _check_answer(answer, reasons)
        if item.done_at is not None:
            return Decided(_recognise(item, answer), is_repeat=True)
        decision = write_decision(
            actor=actor,
            item_id=item.id,
            verdict=answer.verdict,
            reason=answer.note,
            round=item.round,
            content_digest=bytes(item.content_digest),
            seconds_spent=_seconds_since_claim(item),
        )
        _write_outcomes(decision, answer, reasons)
        complete_item(item)
        record(actor.ref, "predictions.prediction.decided", decision, {"verdict": answer.verdict})
        return Decided(decision, is_repeat=False)


def correct_decision(*, actor: Actor, decision_id: UUID, answer: Answer) -> Decision:
    """Supersede one's own decision by another; raises NotFound for anybody else's, AlreadyDecided for an old one."""
    actor.require(REVIEW)
    with transaction.atomic(savepoint=False):
        former = get_own_decision(actor, decision_id)
        item = WorkItem.objects.select_for_update().filter(id=former.item_id).first()
        if item is None:
            raise NotFound
        reasons = map_reasons(item.subject_id)
        _check_answer(answer, reasons)
        decision = write_decision(
            actor=actor,
            item_id=item.id,
            verdict=answer.verdict,
            reason=answer.note,
            round=item.round,
            meaning=Meaning.CORRECTION,
            content_digest=bytes(item.content_digest),
            supersedes_id=former.id,
        )
        _write_outcomes(decision, answer, reasons)
        record(actor.ref, "predictions.decision.corrected", decision, {"supersedes": str(former.id)})
        return decision


def _recognise(item: WorkItem, answer: Answer) -> Decision:
    stored = get_live_decision(item.id)
    given = replace(answer, reasons=tuple(sorted(answer.reasons, key=lambda each: each.code)))
    if stored is None or answer_of(stored) != given:
        raise AlreadyDecided
    return stored


def _check_answer(answer: Answer, reasons: dict[int, UUID]) -> None:
    given = {each.code: each for each in answer.reasons}
    known = reasons.keys()
    faults: dict[str, list[str]] = {}
    for code in known - given.keys():
        faults[f"reasons.{code}"] = [_("Confirm or override this reason.")]
    for code in given.keys() - known:
        faults[f"reasons.{code}"] = [_("The model did not give this reason.")]
    if len(given) < len(answer.reasons):
        faults["reasons"] = [_("Answer each reason once.")]
    for each in answer.reasons:
        if each.corrected_explanation and each.outcome != Outcome.OVERRIDDEN:
            faults[f"reasons.{each.code}"] = [_("Only an overridden reason is corrected.")]
    if faults:
        raise InvalidInput(faults)


def _write_outcomes(decision: Decision, answer: Answer, reasons: dict[int, UUID]) -> None:
    keys = [reasons[each.code] for each in answer.reasons]
    outcomes = [each.outcome for each in answer.reasons]
    texts = [each.corrected_explanation for each in answer.reasons]
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(WRITE_OUTCOMES, [decision.id, keys, outcomes, texts])


def _seconds_since_claim(item: WorkItem) -> int:
    return max(0, int((now() - item.claimed_at).total_seconds())) if item.claimed_at else 0
