"""Passing work on: skipping, escalating, giving back, and what comes first."""

from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.manifest import Queue, registry
from bailiwick.kernel.worklist.actions.leases import free, lock_held, lock_rounds
from bailiwick.kernel.worklist.errors import NothingToPass
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.queries import list_deciders_beside, origin_of
from bailiwick.kernel.worklist.rules import THIRD, is_gold

SKIPS_UNTIL_DISPUTE = 3
"""What so many people skipped goes to whoever settles disputes, so that nothing lies for ever."""


def skip_item(*, actor: Actor, queue_code: str, subject_id: UUID, token: str, reason: str) -> None:
    """Give an item to somebody else, and not to me again; raises LeaseLost."""
    with transaction.atomic(savepoint=False):
        item = lock_held(actor=actor, queue_code=queue_code, subject_id=subject_id, token=token)
        skips = item.skips + 1
        record(actor.ref, "worklist.item.skipped", item, {"reason": reason})
        if is_gold(item.round):
            _close(item)
        elif skips >= SKIPS_UNTIL_DISPUTE and (disputes := _disputes_of(item)):
            free(item.id, queue=disputes.code, skips=skips)
        else:
            free(item.id, excluded=[*item.excluded, actor.member_id], skips=skips)


def escalate_item(*, actor: Actor, queue_code: str, subject_id: UUID, token: str, reason: str) -> None:
    """Give an item to whoever settles disputes; raises LeaseLost, or NothingToPass where nobody stands above."""
    with transaction.atomic(savepoint=False):
        item = lock_held(actor=actor, queue_code=queue_code, subject_id=subject_id, token=token)
        disputes = _disputes_of(item)
        if disputes is None:
            raise NothingToPass
        record(actor.ref, "worklist.item.escalated", item, {"reason": reason})
        if is_gold(item.round):
            _close(item)
        else:
            free(item.id, queue=disputes.code)


def return_items(*, actor: Actor, queue_code: str, subject_id: UUID) -> int:
    """Give the open rounds of a subject back to everybody who may decide them; how many there were.

    Needs the right of the queue of disputes. Leases end, skips are forgotten, escalations return. Raises NothingToPass.
    """
    with transaction.atomic(savepoint=False):
        rounds = _lock_open(actor, queue_code, subject_id)
        for item in rounds:
            queue = item.queue if item.round == THIRD else origin_of(item.queue)
            free(item.id, queue=queue, skips=0, excluded=list_deciders_beside(item))
            record(actor.ref, "worklist.item.returned", item)
        return len(rounds)


def dispute_items(*, actor: Actor, queue_code: str, subject_id: UUID, reason: str) -> int:
    """Give the open rounds of a subject to whoever settles disputes; how many there were. Needs their right."""
    with transaction.atomic(savepoint=False):
        rounds = [item for item in _lock_open(actor, queue_code, subject_id) if item.queue == queue_code]
        for item in rounds:
            free(item.id, queue=registry().queues[queue_code].disputes_to)
            record(actor.ref, "worklist.item.escalated", item, {"reason": reason})
        if not rounds:
            raise NothingToPass
        return len(rounds)


def prioritise_items(*, actor: Actor, queue_code: str, subject_id: UUID, priority: int) -> int:
    """Say how urgent the open rounds of a subject are: the highest comes first. Needs the right of disputes."""
    with transaction.atomic(savepoint=False):
        rounds = _lock_open(actor, queue_code, subject_id)
        for item in rounds:
            item.priority = priority
            item.save(update_fields=["priority"])
            record(actor.ref, "worklist.item.prioritised", item, {"priority": priority})
        return len(rounds)


def _lock_open(actor: Actor, queue_code: str, subject_id: UUID) -> list[WorkItem]:
    actor.require(registry().queues[registry().queues[queue_code].disputes_to or queue_code].right)
    rounds = [item for item in lock_rounds(actor, queue_code, subject_id) if item.done_at is None]
    rounds = [item for item in rounds if not is_gold(item.round)]
    if not rounds:
        raise NothingToPass
    return rounds


def _disputes_of(item: WorkItem) -> Queue | None:
    return registry().queues.get(registry().queues[item.queue].disputes_to)


def _close(item: WorkItem) -> None:
    """Whoever passes on what has a known answer is not asked again, and nobody else in their place."""
    free(item.id, done_at=now(), is_withdrawn=True)
