"""Giving claims to their processors."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.queueing import reassign_reviews
from bailiwick.apps.claims.manifest import MANAGE, PROCESS
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.claims import lock_for_moves
from bailiwick.apps.claims.rules.transitions import FINAL
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.queries import rights_of_member
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.lookups import among

MOST_CLAIMS = 10_000


def assign_claims(*, actor: Actor, claim_ids: Sequence[UUID], member_id: UUID | None) -> int:
    """Make a member the processor of some claims, or nobody; how many it changed.

    Those out of sight are left out, and those approved or paid, which change in nothing. Raises Forbidden, and
    InvalidInput for a member who does not process claims.
    """
    actor.require(MANAGE)
    assert len(claim_ids) <= MOST_CLAIMS
    if member_id is not None and PROCESS not in rights_of_member(member_id):
        raise InvalidInput({"assigned_processor": [_("There is no such processor.")]})
    with transaction.atomic(savepoint=False):
        claims = lock_for_moves(actor, claim_ids)
        keys = [claim.id for claim in claims if claim.stage not in FINAL and claim.assigned_processor_id != member_id]
        if keys:
            Claim.objects.filter(among("id", keys)).update(
                assigned_processor_id=member_id, edition=F("edition") + 1, updated_at=Now()
            )
            reassign_reviews(keys, member_id)
            told = {"count": len(keys), "member": member_id and str(member_id)}
            record(actor.ref, "claims.claims.assigned", Claim(id=keys[0]), told)
        return len(keys)
