"""The one way in which a claim moves: asked of the table, written with its cause."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from bailiwick.apps.claims.actions.clocks import follow_moves
from bailiwick.apps.claims.actions.queueing import queue_reviews, withdraw_reviews
from bailiwick.apps.claims.choices import CAUSE_OF, STATUS_OF, Cause, Mover, Stage
from bailiwick.apps.claims.errors import MoveRefused, ReasonMissing
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.rules.transitions import may_move, needs_reason
from bailiwick.kernel.base.lookups import among

WRITE = """
INSERT INTO claims_statuschange (claim_id, from_stage, to_stage, cause, member_id, event_id, pend, reason)
SELECT moved.id, moved.stage, %(to)s, %(cause)s, %(member)s, moved.event, %(pend)s, %(reason)s
  FROM unnest(%(ids)s::uuid[], %(stages)s::text[], %(events)s::uuid[]) moved(id, stage, event)
"""

UNDECIDED: Mapping[str, Any] = {
    "rejection_reason": None,
    "decided_at": None,
    "allowed": None,
    "paid": None,
    "patient_owes": None,
}
"""What a claim does not say any more that is taken up again."""


def move_claims(
    claims: Sequence[Claim],
    to: Stage,
    *,
    mover: Mover,
    member_id: UUID | None = None,
    event_id: UUID | Mapping[UUID, UUID] | None = None,
    pend: str = "",
    reason: str = "",
    **values: Any,
) -> None:
    """Move locked claims, in two statements however many there are; `values` are written to their columns as well.

    One more queues the work of claims that come under review, one withdraws that of claims that leave it. The claims
    given show it afterwards, but for their edition. `event_id` is the same for all, or by the claim's key. Raises
    MoveRefused or ReasonMissing; then none moves.
    """
    for claim in claims:
        if not may_move(claim.stage, to, mover):
            raise MoveRefused(id=str(claim.id), stage=claim.stage, to=to.value)
        if needs_reason(claim.stage, to) and not reason:
            raise ReasonMissing(id=str(claim.id))
    if not claims:
        return
    origins = [claim.stage for claim in claims]
    leaving = [claim for claim in claims if claim.stage == Stage.UNDER_REVIEW]
    written = {"stage": to, "pend": pend} | ({"status": STATUS_OF[to]} if to in STATUS_OF else {}) | values
    Claim.objects.filter(among("id", [claim.id for claim in claims])).update(
        **written, edition=F("edition") + 1, moved_at=Now(), updated_at=Now()
    )
    _note(claims, origins, to, CAUSE_OF.get(mover, Cause.MEMBER), member_id, event_id, pend, reason)
    for claim in claims:
        for name, value in written.items():
            setattr(claim, name, value)
    withdraw_reviews(leaving)
    if to == Stage.UNDER_REVIEW:
        queue_reviews(claims)
    follow_moves(claims, origins, to)


def _note(
    claims: Sequence[Claim],
    origins: list[str],
    to: Stage,
    cause: Cause,
    member_id: UUID | None,
    event_id: UUID | Mapping[UUID, UUID] | None,
    pend: str,
    reason: str,
) -> None:
    given: dict[str, Any] = {
        "ids": [claim.id for claim in claims],
        "stages": origins,
        "to": to.value,
        "cause": cause.value,
        "member": member_id,
        "events": [event_id.get(claim.id) if isinstance(event_id, Mapping) else event_id for claim in claims],
        "pend": pend,
        "reason": reason,
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, given)
