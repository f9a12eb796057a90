"""Which queue a claim under review waits in."""

from bailiwick.apps.claims.choices import Pend
from bailiwick.apps.claims.manifest import AMOUNT_QUEUE, DUPLICATE_QUEUE, INFORMATION_QUEUE, MEDICAL_QUEUE
from bailiwick.kernel.base.manifest import Queue

QUEUES = {
    Pend.DUPLICATE: DUPLICATE_QUEUE,
    Pend.AMOUNT: AMOUNT_QUEUE,
    Pend.INFORMATION: INFORMATION_QUEUE,
}
"""Every other reason to pend is looked at in medical review."""
REVIEWS = (MEDICAL_QUEUE.code, DUPLICATE_QUEUE.code, AMOUNT_QUEUE.code, INFORMATION_QUEUE.code)
"""Queues whose subjects are claims."""


def queue_of(pend: str) -> Queue:
    """The queue of a reason to pend."""
    return QUEUES.get(Pend(pend), MEDICAL_QUEUE)


def decisions_of(queue_code: str) -> int:
    """How many people have to approve, one after the other: a high amount takes two."""
    return 2 if queue_code == AMOUNT_QUEUE.code else 1
