"""Claims under review for tests, and how people decide on them."""

from typing import Any

from bailiwick.apps.claims.actions.deciding import Decided, decide_claim
from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.actions.queueing import take_next
from bailiwick.apps.claims.choices import Mover, Pend, Stage
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.rules.reviews import queue_of
from bailiwick.apps.claims.tests.factories import new_coverage, new_patient, new_stored_claim
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.worklist.claiming import Claim as Held


def new_reviewed(pend: Pend = Pend.MEDICAL, **values: Any) -> Claim:
    """A covered claim that waits in the queue of its reason."""
    patient = values.pop("patient", None) or new_patient()
    new_coverage(patient)
    claim = new_stored_claim(patient=patient, **values)
    move_claims([claim], Stage.UNDER_REVIEW, mover=Mover.ADJUDICATION, pend=pend)
    return claim


def take(actor: Actor, claim: Claim) -> Held:
    """The claim, taken from its queue, where it has to be next."""
    claim.refresh_from_db()
    held = take_next(actor=actor, queue_code=queue_of(claim.pend).code)
    assert held is not None, "nothing is left for them"
    assert held.subject_id == claim.id
    return held


def decide(actor: Actor, claim: Claim, verdict: str = "approve", reason: str = "Seen.", **more: Any) -> Decided:
    held = take(actor, claim)
    code = queue_of(claim.pend).code
    decided = decide_claim(
        actor=actor, claim_id=claim.id, queue_code=code, token=held.token, verdict=verdict, reason=reason, **more
    )
    claim.refresh_from_db()
    return decided
