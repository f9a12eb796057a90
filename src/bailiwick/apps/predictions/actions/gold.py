"""Predictions with a known answer: making one gold, pausing and resuming it."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.errors import NotDecided
from bailiwick.apps.predictions.manifest import MANAGE, REVIEW_QUEUE
from bailiwick.apps.predictions.models import GoldAnswer
from bailiwick.apps.predictions.queries.gold import map_titles
from bailiwick.apps.predictions.queries.predictions import get_prediction
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.worklist.actions import lock_rounds


def add_gold(*, actor: Actor, prediction_id: UUID, verdict: str, codes: Sequence[int], note: str = "") -> GoldAnswer:
    """Store what is known to be right of a decided prediction, so that it is asked again now and then.

    `codes` are the numbers of the reasons that hold. Raises NotFound, NotDecided or InvalidInput.
    """
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        prediction = get_prediction(actor, prediction_id)
        if not all(item.done_at for item in lock_rounds(actor, REVIEW_QUEUE.code, prediction_id, MANAGE)):
            raise NotDecided
        if GoldAnswer.objects.filter(prediction=prediction).exists():
            raise InvalidInput({"verdict": [_("This prediction is gold already. Pause it or resume it.")]})
        if unknown := set(codes) - map_titles(codes).keys():
            sentence = _("The catalogue has no reason {code}.")
            raise InvalidInput({"codes": [sentence.format(code=code) for code in sorted(unknown)]})
        gold = GoldAnswer.objects.create(
            prediction=prediction, verdict=verdict, codes=sorted(set(codes)), note=note, member_id=actor.member_id
        )
        record(actor.ref, "predictions.gold.added", gold, {"prediction": str(prediction.id), "verdict": verdict})
        return gold


def pause_gold(*, actor: Actor, gold_id: UUID) -> None:
    """Ask it no more for now; one that is paused already stays so. Raises NotFound."""
    _switch(actor, gold_id, is_active=False, verb="predictions.gold.paused")


def resume_gold(*, actor: Actor, gold_id: UUID) -> None:
    """Ask it again; one that is active already stays so. Raises NotFound."""
    _switch(actor, gold_id, is_active=True, verb="predictions.gold.resumed")


def _switch(actor: Actor, gold_id: UUID, *, is_active: bool, verb: str) -> None:
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        gold: GoldAnswer | None = GoldAnswer.objects.select_for_update().filter(id=gold_id).first()
        if gold is None:
            raise NotFound
        if gold.is_active != is_active:
            gold.is_active = is_active
            gold.save(update_fields=["is_active"])
            record(actor.ref, verb, gold)
