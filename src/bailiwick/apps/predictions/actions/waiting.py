"""What who settles disputes does to predictions that wait: urgency, giving back, taking them over."""

from uuid import UUID

from bailiwick.apps.predictions.manifest import REVIEW_QUEUE
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.worklist.actions import dispute_items, prioritise_items, return_items

QUEUE = REVIEW_QUEUE.code
URGENT = 10


def raise_priority(*, actor: Actor, key: UUID, reason: str = "") -> None:
    """Have a waiting prediction reviewed before the others; raises NothingToPass when none waits."""
    prioritise_items(actor=actor, queue_code=QUEUE, subject_id=key, priority=URGENT)


def give_back(*, actor: Actor, key: UUID, reason: str = "") -> None:
    """Let everybody review it who has not decided on it: leases end, skips and escalations are forgotten."""
    return_items(actor=actor, queue_code=QUEUE, subject_id=key)


def move_to_disputes(*, actor: Actor, key: UUID, reason: str) -> None:
    """Have a waiting prediction decided by who settles disputes, saying why."""
    dispute_items(actor=actor, queue_code=QUEUE, subject_id=key, reason=reason)
