"""Claiming, renewing, releasing and completing work."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import Queue, registry
from bailiwick.kernel.worklist.claiming import Claim, fetch_claim, fetch_locked
from bailiwick.kernel.worklist.errors import HandsFull, LeaseLost, TokenMissing
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.queries import together_with
from bailiwick.kernel.worklist.tokens import is_current_token

TRIES = 3

COMPLETE = """
UPDATE worklist_workitem SET done_at = statement_timestamp() WHERE organization_id = %s AND id = %s RETURNING done_at
"""


def claim_next(*, actor: Actor, queue_code: str, subjects: QuerySet | None = None) -> Claim | None:  # type: ignore[type-arg]
    """The item that the actor holds, or the oldest free one; None when nothing is left for them.

    A person holds one item of a queue; a program up to the queue's `max_held`, and HandsFull is raised beyond.
    `subjects` narrows to subjects whose key the queryset yields.
    """
    queue = registry().queues[queue_code]
    actor.require(queue.right)
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return fetch_claim(
                    organization_id=actor.organization_id,
                    member_id=actor.member_id,
                    queue=queue.code,
                    lease=queue.lease,
                    slot=free_slot(actor, queue),
                    resumes=actor.is_person,
                    subjects=subjects,
                )
        except IntegrityError:
            # The same member claimed at the same moment and was quicker: look again.
            if attempt == TRIES - 1:
                raise
    return None


def free_slot(actor: Actor, queue: Queue) -> int:
    """Where a further item of a queue goes: a person has one place, a program `max_held`; raises HandsFull."""
    if actor.is_person:
        return 0
    held = WorkItem.objects.filter(queue=queue.code, holder_id=actor.member_id, done_at=None)
    taken = set(held.values_list("slot", flat=True))
    free = next((slot for slot in range(queue.max_held) if slot not in taken), None)
    if free is None:
        raise HandsFull(max_held=queue.max_held)
    return free


def renew_lease(*, actor: Actor, queue_code: str, subject_id: UUID, token: str) -> WorkItem:
    """Start the lease anew, because the holder is at work; raises LeaseLost."""
    queue = registry().queues[queue_code]
    with transaction.atomic(savepoint=False):
        item = lock_held(actor=actor, queue_code=queue_code, subject_id=subject_id, token=token)
        item.available_at = now() + timedelta(seconds=queue.lease)
        item.save(update_fields=["available_at"])
        return item


def release_item(*, actor: Actor, queue_code: str, subject_id: UUID, token: str) -> None:
    """Give an item back to its place in the queue; raises LeaseLost."""
    with transaction.atomic(savepoint=False):
        item = lock_held(actor=actor, queue_code=queue_code, subject_id=subject_id, token=token)
        free(item.id)


def free(item_id: UUID, **values: object) -> None:
    """Take a locked item out of whoever's hands, to its old place; the token of that lease is worth nothing then."""
    WorkItem.objects.filter(id=item_id).update(
        holder=None, available_at=F("queued_at"), lease_number=F("lease_number") + 1, **values
    )


def lock_item(*, actor: Actor, queue_code: str, subject_id: UUID, token: str) -> tuple[WorkItem, list[WorkItem]]:
    """Lock the item that a token was given for, done or not, with all rounds of its subject.

    It may stand in the queue or in that of its disputes. Raises TokenMissing, NotFound or LeaseLost.
    """
    if not token:
        raise TokenMissing
    rounds = lock_rounds(actor, queue_code, subject_id)
    for item in rounds:
        if item.holder_id == actor.member_id and is_current_token(token, item, actor.member_id):
            actor.require(registry().queues[item.queue].right)
            return item, rounds
    raise LeaseLost


def lock_rounds(actor: Actor, queue_code: str, subject_id: UUID, right: str = "") -> list[WorkItem]:
    """Lock all rounds of a subject, for who may work on them or holds `right`; raises Forbidden or NotFound."""
    queues = together_with(queue_code)
    if not actor.may((right, *(queue.right for queue in queues))):
        raise Forbidden(right=queues[0].right)
    rounds = fetch_locked(actor.organization_id, [queue.code for queue in queues], subject_id)
    if not rounds:
        raise NotFound
    return rounds


def lock_held(*, actor: Actor, queue_code: str, subject_id: UUID, token: str) -> WorkItem:
    """Lock an open item in the actor's hands. An expired lease that nobody took over still counts."""
    item, _rounds = lock_item(actor=actor, queue_code=queue_code, subject_id=subject_id, token=token)
    if item.done_at is not None:
        raise LeaseLost
    return item


def complete_item(item: WorkItem) -> None:
    """Mark a locked item as done; holder and lease number stay, so that a repeated answer is recognised."""
    with connection.cursor() as cursor:
        cursor.execute(COMPLETE, [item.organization_id, item.id])
        [item.done_at] = cursor.fetchone()
