"""Withdrawing claims that are not decided in anybody's favour."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from bailiwick.apps.claims.actions.changing import require_worker
from bailiwick.apps.claims.actions.clocks import close_requests, meet_clocks
from bailiwick.apps.claims.actions.queueing import withdraw_reviews
from bailiwick.apps.claims.choices import ClockKind
from bailiwick.apps.claims.errors import Decided
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.claims import lock_claim
from bailiwick.apps.claims.rules.transitions import FINAL
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record


def withdraw_claim(*, actor: Actor, claim_id: UUID) -> None:
    """Take a claim out of sight for good; its row stays. By who manages claims, or the assigned processor.

    Raises NotFound, Forbidden, and Decided for one that is approved or paid.
    """
    with transaction.atomic(savepoint=False):
        claim = lock_claim(actor, claim_id)
        require_worker(actor, claim)
        if claim.stage in FINAL:
            raise Decided(id=str(claim.id))
        Claim.objects.filter(id=claim.id).update(
            is_live=False, withdrawn_at=Now(), edition=F("edition") + 1, updated_at=Now()
        )
        withdraw_reviews([claim])
        close_requests([claim])
        meet_clocks([claim], ClockKind.PAYMENT)
        meet_clocks([claim], ClockKind.PAYMENT)
        record(actor.ref, "claims.claim.withdrawn", claim, {"stage": claim.stage})
