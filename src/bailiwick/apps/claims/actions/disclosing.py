"""Recording that claims and patients are shown."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from bailiwick.apps.claims.manifest import (
    AS_OWN,
    BE_PATIENT,
    CLAIM,
    MANAGE,
    PATIENT,
    PAY,
    PROCESS,
    PROVIDE,
    SEE_ALL,
    SEE_MONEY,
    TO_PAY,
    TO_PROCESS,
    TO_TREAT,
)
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.disclosures.actions import disclose


def show_claims(*, actor: Actor, claim_ids: Sequence[UUID], purpose: str = "") -> None:
    """Record claims that an actor is shown; without a purpose, for what their rights let them see any at all."""
    disclose(actor=actor, kind=CLAIM, row_ids=claim_ids, purpose=purpose or purpose_of(actor))


def show_patients(*, actor: Actor, patient_ids: Iterable[UUID | None], purpose: str = "") -> None:
    """Record patients that an actor is shown, or what happened to them; each once, and none where none is known."""
    if keys := list(dict.fromkeys(key for key in patient_ids if key)):
        disclose(actor=actor, kind=PATIENT, row_ids=keys, purpose=purpose or purpose_of(actor))


def purpose_of(actor: Actor) -> str:
    """What whoever may see claims or patients sees them for."""
    if actor.may((SEE_ALL, MANAGE, PROCESS)):
        return TO_PROCESS
    if actor.may((SEE_MONEY, PAY)):
        return TO_PAY
    if actor.may(PROVIDE):
        return TO_TREAT
    return AS_OWN if actor.may(BE_PATIENT) else TO_PROCESS
