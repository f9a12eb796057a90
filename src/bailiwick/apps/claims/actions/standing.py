"""What whoever changes a claim has to be, and to have read."""

from bailiwick.apps.claims.errors import Stale
from bailiwick.apps.claims.manifest import MANAGE, PROCESS
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.editions import list_changed
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden


def require_worker(actor: Actor, claim: Claim) -> None:
    """Raises Forbidden for who neither manages claims nor is this one's processor."""
    is_own = actor.may(PROCESS) and claim.assigned_processor_id == actor.member_id
    if not (is_own or actor.may(MANAGE)):
        raise Forbidden(right=MANAGE, over=claim)


def require_edition(claim: Claim, edition: int) -> None:
    """Raises Stale, with what changed since, where the claim is not what was read any more."""
    if edition != claim.edition:
        raise Stale(edition=claim.edition, changed=list_changed(claim, since=edition))
