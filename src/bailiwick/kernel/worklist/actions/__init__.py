"""The writes of the worklist."""

from bailiwick.kernel.worklist.actions.leases import (
    claim_next,
    complete_item,
    lock_held,
    lock_item,
    lock_rounds,
    release_item,
    renew_lease,
)
from bailiwick.kernel.worklist.actions.passing import (
    dispute_items,
    escalate_item,
    prioritise_items,
    return_items,
    skip_item,
)
from bailiwick.kernel.worklist.actions.queueing import queue_again, queue_item, queue_items
from bailiwick.kernel.worklist.actions.rounds import queue_gold, require_fresh_eyes, settle_rounds, undo_decision
from bailiwick.kernel.worklist.actions.settings import change_settings

__all__ = [
    "change_settings",
    "claim_next",
    "complete_item",
    "dispute_items",
    "escalate_item",
    "lock_held",
    "lock_item",
    "lock_rounds",
    "prioritise_items",
    "queue_again",
    "queue_gold",
    "queue_item",
    "queue_items",
    "release_item",
    "renew_lease",
    "require_fresh_eyes",
    "return_items",
    "settle_rounds",
    "skip_item",
    "undo_decision",
]
