"""Reading the predictions whose answer is known."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from bailiwick.apps.predictions.manifest import AUDIT, MANAGE
from bailiwick.apps.predictions.models import GoldAnswer, Reason
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound


def list_gold(actor: Actor) -> QuerySet[GoldAnswer]:
    """Every known answer with its prediction, newest first; for who manages or audits."""
    rows = GoldAnswer.objects.select_related("prediction", "member").order_by("-id")
    return rows if actor.may((MANAGE, AUDIT)) else rows.none()


def get_gold(actor: Actor, gold_id: UUID) -> GoldAnswer:
    """One known answer; raises NotFound."""
    found = list_gold(actor).filter(id=gold_id).first()
    if found is None:
        raise NotFound
    return found


def find_gold_of(actor: Actor, prediction_id: UUID) -> GoldAnswer | None:
    """The known answer to a prediction, if there is one that the actor may know of."""
    return list_gold(actor).filter(prediction_id=prediction_id).first()


def map_titles(codes: Sequence[int]) -> dict[int, str]:
    """What the reasons of some numbers are called; without those that the catalogue does not have."""
    return dict(Reason.objects.filter(code__in=codes).order_by("code").values_list("code", "title"))
