"""Reading decisions on predictions."""

from uuid import UUID

from bailiwick.apps.predictions.models import AddedReason, ReasonDecision
from bailiwick.apps.predictions.values import AddedAnswer, Answer, ReasonAnswer
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import list_decisions
from bailiwick.kernel.worklist.models import WorkItem


def get_own_decision(actor: Actor, decision_id: UUID) -> Decision:
    """A decision that the actor made; raises NotFound for anybody else's."""
    found = Decision.objects.filter(id=decision_id, member_id=actor.member_id).first()
    if found is None:
        raise NotFound
    return found


def answer_of(decision: Decision) -> Answer:
    """The answer that a decision stored, to compare it with one that comes again."""
    rows = ReasonDecision.objects.filter(decision_id=decision.id).select_related("prediction_reason__reason")
    reasons = tuple(
        ReasonAnswer(row.prediction_reason.reason.code, row.outcome, row.corrected_explanation)
        for row in rows.order_by("prediction_reason__reason__code")
    )
    added = AddedReason.objects.filter(decision_id=decision.id).order_by("reason__code")
    others = tuple(AddedAnswer(code, "", text) for code, text in added.values_list("reason__code", "explanation"))
    return Answer(verdict=decision.verdict, reasons=reasons, note=decision.reason, added=others)


def get_subject_id(decision: Decision) -> UUID:
    """The prediction that a decision is about."""
    return WorkItem.objects.values_list("subject_id", flat=True).get(id=decision.item_id)


def list_chain(item_id: UUID) -> list[Decision]:
    """All decisions on an item, oldest first: the last one counts."""
    return list(list_decisions([item_id]))
