"""Reading predictions, narrowed to what the actor may see."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from bailiwick.apps.predictions.manifest import AUDIT, SEE, SUBMIT
from bailiwick.apps.predictions.models import ModelVersion, Prediction, PredictionReason, Reason
from bailiwick.apps.predictions.values import AddedAnswer
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.queries import visible_to
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.scope import require_scope

REASON_KEYS = """
SELECT c.code, r.id FROM predictions_predictionreason r
  JOIN predictions_reason c ON c.organization_id = r.organization_id AND c.id = r.reason_id
 WHERE r.organization_id = %s AND r.prediction_id = %s ORDER BY r.position
"""


def list_predictions(actor: Actor) -> QuerySet[Prediction]:
    """Every prediction for who reviews, audits or manages. Newest first.

    For who audits single ones alone, these; for who submits, their own.
    """
    rows = Prediction.objects.select_related("model").order_by("-id")
    if actor.may(SEE):
        return rows
    audited = visible_to(actor, AUDIT, rows)
    if not actor.may(SUBMIT):
        return audited
    own = Q(submitted_by_id=actor.member_id)
    return rows.filter(own | Q(id__in=audited.order_by().values("id")) if actor.may_over_some(AUDIT) else own)


def get_prediction(actor: Actor, prediction_id: UUID) -> Prediction:
    """One prediction that the actor may see; raises NotFound."""
    found = list_predictions(actor).filter(id=prediction_id).first()
    if found is None:
        raise NotFound
    return found


def find_known_by(text: str) -> Prediction | None:
    """The organisation's prediction of a key, a product's number or an external number, the newest, whoever sees it."""
    with suppress(ValueError):
        return Prediction.objects.filter(id=UUID(text)).first()
    rows = Prediction.objects.order_by("-id")
    if not text or "\x00" in text:
        return None
    return rows.filter(product_id=text).first() or rows.filter(external_id=text).first()


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


def list_deciders(actor: Actor) -> QuerySet[Member, tuple[UUID, str]]:
    """Key and name of everybody who could have decided, by name."""
    rows = Member.objects.exclude(id=actor.member_id).order_by("name", "id")
    return rows.values_list("id", "name")
