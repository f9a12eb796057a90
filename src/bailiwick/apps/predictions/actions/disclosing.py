"""Recording that predictions are shown, where the organisation counts them among what is sensitive."""

from collections.abc import Sequence
from uuid import UUID

from bailiwick.apps.predictions.manifest import AS_OWN, AUDIT, KIND, MANAGE, REVIEW, SUBMIT, TO_CHECK, TO_REVIEW
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.disclosures.actions import disclose


def show_predictions(*, actor: Actor, prediction_ids: Sequence[UUID], purpose: str = "") -> None:
    """Record predictions that an actor is shown; without a purpose, for what their rights let them see any at all."""
    disclose(actor=actor, kind=KIND, row_ids=prediction_ids, purpose=purpose or purpose_of(actor))


def purpose_of(actor: Actor) -> str:
    """What whoever may see predictions sees them for, outside of a review."""
    if actor.may((AUDIT, MANAGE)):
        return TO_CHECK
    if actor.may(REVIEW):
        return TO_REVIEW
    return AS_OWN if actor.may(SUBMIT) else TO_CHECK
