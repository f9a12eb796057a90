"""Queueing, claiming, renewing, releasing and completing work."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Model, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import Queue, registry
from bailiwick.kernel.worklist.claiming import Claim, fetch_claim, fetch_locked
from bailiwick.kernel.worklist.errors import HandsFull, LeaseLost, TokenMissing
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.tokens import is_current_token

TRIES = 3

COLUMNS = (
    "queue",
    "subject_type",
    "subject_id",
    "round",
    "priority",
    "due_at",
    "content_digest",
    "slot",
    "lease_number",
    "excluded",
    "probability",
    "draw",
    "is_sampled",
    "is_blind",
    "is_withdrawn",
)
# Plain statements: one comes with every subject that is taken in, the other with every decision.
INSERT = f"""
INSERT INTO worklist_workitem ({", ".join(COLUMNS)}) VALUES ({", ".join(["%s"] * len(COLUMNS))})
RETURNING id, queued_at, available_at
"""
INSERT_MANY = """
INSERT INTO worklist_workitem (queue, subject_type, due_at, subject_id, content_digest, round, priority, slot,
                               lease_number, excluded, probability, is_sampled, is_blind, is_withdrawn)
SELECT %s, %s, %s, subject.id, subject.digest, 1, 0, 0, 0, '{}', 1, false, false, false
  FROM unnest(%s::uuid[], %s::bytea[]) WITH ORDINALITY subject(id, digest, place) ORDER BY place
"""
COMPLETE = "UPDATE worklist_workitem SET done_at = statement_timestamp() WHERE organization_id = %s AND id = %s"


def queue_item(queue: Queue, subject: Model, *, content_digest: bytes, round: int = 1, priority: int = 0) -> WorkItem:
    """Queue work on a subject, in the transaction that makes the subject."""
    item = WorkItem(
        queue=queue.code,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        round=round,
        priority=priority,
        due_at=now() + timedelta(seconds=queue.service_level),
        content_digest=content_digest,
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [getattr(item, column) for column in COLUMNS])
        item.id, item.queued_at, item.available_at = cursor.fetchone()
    return item


def queue_items(queue: Queue, subject_type: str, subjects: Sequence[tuple[UUID, bytes]]) -> None:
    """Queue work on many subjects, given with their content digests, in the transaction that makes them."""
    due_at = now() + timedelta(seconds=queue.service_level)
    keys, digests = [key for key, _digest in subjects], [digest for _key, digest in subjects]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_MANY, [queue.code, subject_type, due_at, keys, digests])


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
                    slot=0 if actor.is_person else _free_slot(actor, queue),
                    resumes=actor.is_person,
                    subjects=subjects,
                )
        except IntegrityError:
            # The same member claimed at the same moment and was quicker: look again.
            if attempt == TRIES - 1:
                raise
    return None


def _free_slot(actor: Actor, queue: Queue) -> int:
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
        WorkItem.objects.filter(id=item.id).update(
            holder=None, available_at=F("queued_at"), lease_number=F("lease_number") + 1
        )


def lock_item(*, actor: Actor, queue_code: str, subject_id: UUID, token: str) -> WorkItem:
    """Lock the item that a token was given for, done or not; raises TokenMissing, NotFound or LeaseLost."""
    actor.require(registry().queues[queue_code].right)
    if not token:
        raise TokenMissing
    items = fetch_locked(actor.organization_id, queue_code, subject_id)
    if not items:
        raise NotFound
    for item in items:
        if item.holder_id == actor.member_id and is_current_token(token, item, actor.member_id):
            return item
    raise LeaseLost


def lock_held(*, actor: Actor, queue_code: str, subject_id: UUID, token: str) -> WorkItem:
    """Lock an open item in the actor's hands. An expired lease that nobody took over still counts."""
    item = lock_item(actor=actor, queue_code=queue_code, subject_id=subject_id, token=token)
    if item.done_at is not None:
        raise LeaseLost
    return item


def complete_item(item: WorkItem) -> None:
    """Mark a locked item as done; holder and lease number stay, so that a repeated answer is recognised."""
    with connection.cursor() as cursor:
        cursor.execute(COMPLETE, [item.organization_id, item.id])
