"""Second and third opinions: who is asked next once a decision stands, and how one is taken back."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import Queue, registry
from bailiwick.kernel.decisions.actions import write_decision
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import get_live_decision, list_deciders, map_verdicts
from bailiwick.kernel.identity.actions.memberships import hold_members
from bailiwick.kernel.worklist.actions.leases import free, free_slot, lock_rounds
from bailiwick.kernel.worklist.errors import AlreadyInvolved, DecidedOn, UndoTooLate
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.rules import FIRST, FIRST_GOLD_ROUND, SECOND, THIRD, is_gold

UNDO_WITHIN = 60
"""Seconds in which the server takes an undo; the page offers it for ten, and longer while it is pointed at."""


def require_fresh_eyes(actor: Actor, item: WorkItem, rounds: Sequence[WorkItem]) -> None:
    """Raises AlreadyInvolved when the actor has decided another round of the same subject."""
    others = [each.id for each in rounds if each.id != item.id and each.is_decided]
    if others and actor.member_id in list_deciders(others):
        raise AlreadyInvolved


def settle_rounds(queue_code: str, rounds: Sequence[WorkItem]) -> None:
    """Bring the rounds of a locked subject in line with its decisions.

    A sampled subject gets a second opinion by somebody else once the first stands; two that differ get a third in
    the queue of disputes. What is not asked any more is withdrawn, unless it was decided.
    """
    by_round = {item.round: item for item in rounds}
    first, second, third = (by_round.get(number) for number in (FIRST, SECOND, THIRD))
    if first is None or not first.is_sampled:
        return
    queue = registry().queues[queue_code]
    if not first.is_decided:
        _withdraw(second, third)
    elif second is None or not second.is_decided:
        _withdraw(third)
        _ask(queue, first, second, SECOND, rounds)
    elif _differ(first, second):
        _ask(registry().queues[queue.disputes_to], first, third, THIRD, rounds)
    else:
        _withdraw(third)


def _differ(first: WorkItem, second: WorkItem) -> bool:
    return len(set(map_verdicts([first.id, second.id]).values())) > 1


def _ask(queue: Queue, first: WorkItem, item: WorkItem | None, round: int, rounds: Sequence[WorkItem]) -> None:
    """Queue a round, or open it again, for those who have not decided on the subject."""
    if item is not None and not item.is_withdrawn:
        return
    values = {
        "excluded": list_deciders([each.id for each in rounds if each.round != round]),
        "due_at": now() + timedelta(seconds=queue.service_level),
        "priority": first.priority,
    }
    if item is not None:
        free(item.id, queue=queue.code, done_at=None, is_withdrawn=False, skips=0, **values)
        return
    WorkItem.objects.create(
        queue=queue.code,
        subject_type=first.subject_type,
        subject_id=first.subject_id,
        round=round,
        content_digest=first.content_digest,
        probability=first.probability,
        draw=first.draw,
        is_sampled=True,
        **values,
    )


def _withdraw(*items: WorkItem | None) -> None:
    for item in items:
        if item is not None and item.done_at is None:
            free(item.id, done_at=now(), is_withdrawn=True)


def undo_decision(*, actor: Actor, decision: Decision, queue_code: str) -> WorkItem:
    """Take back a decision of one's own and have its item in hands again, in place of the one claimed meanwhile.

    The undo is a decision that supersedes; whoever decides next supersedes the undo. Raises UndoTooLate after
    UNDO_WITHIN seconds, DecidedOn once a later round is decided, AlreadyDecided when another decision stands.
    """
    with transaction.atomic(savepoint=False):
        if not hold_members([actor.member_id]):
            raise NotFound
        item, rounds = _lock_decided(actor, decision, queue_code)
        if now() - decision.decided_at > timedelta(seconds=UNDO_WITHIN):
            raise UndoTooLate
        if any(each.round > item.round and each.is_decided and not is_gold(each.round) for each in rounds):
            raise DecidedOn
        write_decision(
            actor=actor,
            item_id=item.id,
            verdict="",
            round=item.round,
            meaning=Meaning.UNDO,
            content_digest=bytes(item.content_digest),
            supersedes_id=decision.id,
        )
        return _take_back(actor, item, rounds, queue_code)


def _lock_decided(actor: Actor, decision: Decision, queue_code: str) -> tuple[WorkItem, list[WorkItem]]:
    subject_id = WorkItem.objects.values_list("subject_id", flat=True).filter(id=decision.item_id).first()
    if subject_id is None:
        raise NotFound
    rounds = lock_rounds(actor, queue_code, subject_id)
    item = next((each for each in rounds if each.id == decision.item_id), None)
    if item is None:
        raise NotFound
    live = get_live_decision(item.id)
    if live is None or live.id != decision.id or decision.meaning == Meaning.UNDO:
        raise AlreadyDecided
    return item, rounds


def _take_back(actor: Actor, item: WorkItem, rounds: list[WorkItem], queue_code: str) -> WorkItem:
    queue = registry().queues[item.queue]
    if actor.is_person:
        held = WorkItem.objects.select_for_update().filter(queue=item.queue, holder_id=actor.member_id, done_at=None)
        for each in held:
            free(each.id)
    item.done_at, item.holder_id, item.slot = None, actor.member_id, free_slot(actor, queue)
    item.lease_number, item.claimed_at = item.lease_number + 1, now()
    item.available_at = now() + timedelta(seconds=queue.lease)
    item.save(update_fields=["done_at", "holder", "slot", "lease_number", "claimed_at", "available_at"])
    settle_rounds(queue_code, rounds)
    return item


def queue_gold(item: WorkItem, *, subject_id: UUID, content_digest: bytes, deciders: Sequence[UUID]) -> WorkItem:
    """Queue a subject whose answer is known, in the place of an item; nobody who has decided it gets it."""
    highest = WorkItem.objects.filter(queue=item.queue, subject_id=subject_id).order_by("-round").first()
    return WorkItem.objects.create(
        queue=item.queue,
        subject_type=item.subject_type,
        subject_id=subject_id,
        round=max(FIRST_GOLD_ROUND, highest.round + 1 if highest else 0),
        priority=item.priority,
        queued_at=item.queued_at,
        available_at=item.queued_at,
        due_at=item.due_at,
        content_digest=content_digest,
        excluded=list(deciders),
    )
