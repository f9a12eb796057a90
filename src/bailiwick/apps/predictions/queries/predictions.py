"""Reading predictions, narrowed to what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.timezone import now

from bailiwick.apps.predictions.choices import State
from bailiwick.apps.predictions.manifest import REVIEW_QUEUE, SEE, SUBMIT
from bailiwick.apps.predictions.models import ModelVersion, Prediction, PredictionReason, Reason, ReasonDecision
from bailiwick.apps.predictions.values import AddedAnswer
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import live_decisions
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.scope import require_scope
from bailiwick.kernel.worklist.models import WorkItem

REASON_KEYS = """
SELECT c.code, r.id FROM predictions_predictionreason r
  JOIN predictions_reason c ON c.organization_id = r.organization_id AND c.id = r.reason_id
 WHERE r.organization_id = %s AND r.prediction_id = %s ORDER BY r.position
"""


@dataclass(slots=True)
class Standing:
    """A prediction with its reasons and what became of it."""

    prediction: Prediction
    reasons: list[PredictionReason]
    state: State
    item: WorkItem | None = None
    holder: Member | None = None
    decision: Decision | None = None
    outcomes: dict[UUID, ReasonDecision] = field(default_factory=dict)


def list_predictions(actor: Actor) -> QuerySet[Prediction]:
    """Every prediction for who reviews, audits or manages; for who only submits, their own. Newest first."""
    rows = Prediction.objects.select_related("model").order_by("-id")
    if actor.may(SEE):
        return rows
    return rows.filter(submitted_by_id=actor.member_id) if actor.may(SUBMIT) else rows.none()


def get_prediction(actor: Actor, prediction_id: UUID) -> Prediction:
    """One prediction that the actor may see; raises NotFound."""
    found = list_predictions(actor).filter(id=prediction_id).first()
    if found is None:
        raise NotFound
    return found


def get_claimed(prediction_id: UUID) -> Prediction:
    """The prediction that a claim has just put into the actor's hands."""
    return Prediction.objects.select_related("model").get(id=prediction_id)


def list_reasons(prediction_id: UUID) -> list[PredictionReason]:
    """The model's reasons for one prediction in its order, with the catalogue's entries."""
    return list(
        PredictionReason.objects.filter(prediction_id=prediction_id).select_related("reason").order_by("position")
    )


def map_reasons(prediction_id: UUID) -> dict[int, UUID]:
    """The model's reasons for one prediction: the catalogue's numbers and the keys, in its order."""
    with connection.cursor() as cursor:
        cursor.execute(REASON_KEYS, [require_scope().organization_id, prediction_id])
        return dict(cursor.fetchall())


def list_narrowed(*, model: str = "", version: str = "", reason_code: int | None = None) -> QuerySet[Prediction] | None:
    """Keys of the predictions to which a claim is narrowed, starting from the rarest thing asked; None for all.

    The reason is looked up first: only knowing which it is can the planner tell a rare one from a common one.
    """
    if reason_code is not None:
        # An unknown one is null, which no prediction's reason is.
        reason_id = Reason.objects.filter(code=reason_code).values_list("id", flat=True).first()
        keys = PredictionReason.objects.filter(reason_id=reason_id)
        if model:
            keys = keys.filter(prediction__model__in=_versions(model, version))
        return keys.values("prediction_id")
    if model:
        return Prediction.objects.filter(model__in=_versions(model, version)).values("id")
    return None


def _versions(model: str, version: str) -> QuerySet[ModelVersion]:
    versions = ModelVersion.objects.filter(name=model)
    return (versions.filter(version=version) if version else versions).values("id")


def stand(predictions: Sequence[Prediction]) -> list[Standing]:
    """What became of some predictions, in their order: at most four statements for all of them."""
    keys = [prediction.id for prediction in predictions]
    reasons: dict[UUID, list[PredictionReason]] = {key: [] for key in keys}
    rows = PredictionReason.objects.filter(prediction_id__in=keys).select_related("reason")
    for row in rows.order_by("prediction_id", "position"):
        reasons[row.prediction_id].append(row)
    items = _latest_items(keys)
    decisions = {
        decision.item_id: decision
        for decision in live_decisions()
        .filter(item_id__in=[item.id for item in items.values()])
        .select_related("member")
    }
    outcomes = _outcomes([decision.id for decision in decisions.values()])
    return [_standing(each, reasons[each.id], items.get(each.id), decisions, outcomes) for each in predictions]


def _latest_items(keys: list[UUID]) -> dict[UUID, WorkItem]:
    items = WorkItem.objects.filter(queue=REVIEW_QUEUE.code, subject_id__in=keys).select_related("holder")
    return {item.subject_id: item for item in items.order_by("subject_id", "round")}


def _outcomes(decision_ids: list[UUID]) -> dict[UUID, dict[UUID, ReasonDecision]]:
    found: dict[UUID, dict[UUID, ReasonDecision]] = {}
    for row in ReasonDecision.objects.filter(decision_id__in=decision_ids):
        found.setdefault(row.decision_id, {})[row.prediction_reason_id] = row
    return found


def _standing(
    prediction: Prediction,
    reasons: list[PredictionReason],
    item: WorkItem | None,
    decisions: dict[UUID, Decision],
    outcomes: dict[UUID, dict[UUID, ReasonDecision]],
) -> Standing:
    decision = decisions.get(item.id) if item else None
    if decision is not None:
        mine = outcomes.get(decision.id, {})
        agrees = decision.verdict == prediction.verdict and all(row.outcome == "confirmed" for row in mine.values())
        state = State.CONFIRMED if agrees else State.OVERRIDDEN
        return Standing(prediction, reasons, state, item, decision.member, decision, mine)
    is_held = item is not None and item.holder_id is not None and item.available_at > now()
    state = State.HELD if is_held else State.WAITING
    return Standing(prediction, reasons, state, item, item.holder if item and is_held else None)


def list_known_codes(added: Sequence[AddedAnswer]) -> set[int]:
    """Of the numbers that a reviewer gave, those that the catalogue has."""
    codes = [each.code for each in added if each.code is not None]
    return set(Reason.objects.filter(code__in=codes).values_list("code", flat=True)) if codes else set()


def list_catalogue(actor: Actor) -> QuerySet[Reason]:
    """The catalogue of reasons by number."""
    return Reason.objects.order_by("code") if actor.may(SEE) else Reason.objects.none()


def list_models(actor: Actor) -> QuerySet[ModelVersion]:
    """The model versions seen so far."""
    return ModelVersion.objects.order_by("name", "version") if actor.may(SEE) else ModelVersion.objects.none()
