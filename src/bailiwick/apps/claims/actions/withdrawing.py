"""Withdrawing claims that are not decided in anybody's favour."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from bailiwick.apps.claims.actions.clocks import close_requests, meet_clocks
from bailiwick.apps.claims.actions.queueing import withdraw_appeals, withdraw_reviews
from bailiwick.apps.claims.actions.standing import require_edition, require_worker
from bailiwick.apps.claims.choices import ClockKind
from bailiwick.apps.claims.errors import Decided
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.claims import lock_claim
from bailiwick.apps.claims.rules.transitions import FINAL
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record


def withdraw_claim(*, actor: Actor, claim_id: UUID, edition: int | None = None) -> None:
    """Take a claim out of sight for good; its row stays. By who manages claims, or the assigned processor.

    What is open of it ends: reviews, questions, an appeal's work, clocks. `edition` is the one that was read. Raises
    NotFound, Forbidden, Stale, and Decided for one that is approved or paid.
    """
    with transaction.atomic(savepoint=False):
        claim = lock_claim(actor, claim_id)
        require_worker(actor, claim)
        if claim.stage in FINAL:
            raise Decided(id=str(claim.id))
        if edition is not None:
            require_edition(claim, edition)
        Claim.objects.filter(id=claim.id).update(
            is_live=False, withdrawn_at=Now(), edition=F("edition") + 1, updated_at=Now()
        )
        withdraw_reviews([claim])
        withdraw_appeals([claim])
        close_requests([claim])
        meet_clocks([claim], ClockKind.PAYMENT)
        meet_clocks([claim], ClockKind.APPEAL_DECISION)
        record(actor.ref, "claims.claim.withdrawn", claim, {"stage": claim.stage})
