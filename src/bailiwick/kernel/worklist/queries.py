"""What is waiting, for whom, and why nothing is left."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.manifest import Queue, registry
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.decisions.queries import list_deciders
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.worklist.models import QueueSettings, WorkItem
from bailiwick.kernel.worklist.rules import FIRST_GOLD_ROUND

COUNTED_UP_TO = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue as one member sees it; `count` stops at COUNTED_UP_TO."""

    queue: Queue
    count: int
    oldest: datetime | None
    next_due: datetime | None
    holders: list[Member]

    @property
    def is_more(self) -> bool:
        return self.count >= COUNTED_UP_TO


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """Why a queue has nothing for a member; each count stops at COUNTED_UP_TO."""

    held: int
    first_lease_ends: datetime | None
    snoozed: int
    first_returns: datetime | None
    excluded: int


def together_with(queue_code: str) -> list[Queue]:
    """A queue, and that of its disputes; rounds of one subject may stand in both."""
    queues = registry().queues
    first = queues[origin_of(queue_code)]
    return [first, queues[first.disputes_to]] if first.disputes_to else [first]


def origin_of(queue_code: str) -> str:
    """The queue whose disputes a queue holds, or the queue itself."""
    return next((code for code, queue in registry().queues.items() if queue.disputes_to == queue_code), queue_code)


def get_settings(queue_code: str) -> QueueSettings:
    """How the organisation in scope works a queue; the house's defaults where nobody has said."""
    return QueueSettings.objects.filter(queue=queue_code).first() or QueueSettings(queue=queue_code)


def open_items(queue_code: str) -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(queue=queue_code, done_at=None)


def free_items(actor: Actor, queue_code: str) -> QuerySet[WorkItem]:
    """Items that the actor could take now."""
    mine = Q(assignee=None) | Q(assignee_id=actor.member_id)
    return open_items(queue_code).filter(mine, available_at__lte=now()).exclude(excluded__contains=[actor.member_id])


def count_waiting(actor: Actor, queue_code: str) -> int:
    """How many items the actor could take now, counted up to COUNTED_UP_TO."""
    return len(free_items(actor, queue_code).values_list("id", flat=True)[:COUNTED_UP_TO])


def list_queues(actor: Actor) -> list[Queue]:
    """The queues that the actor may work; of those that are everybody's, where something is assigned to them."""
    queues = [queue for queue in registry().queues.values() if actor.may(queue.right)]
    assigned = set(list_assigned(actor.member_id).values_list("queue", flat=True))
    return [queue for queue in queues if queue.right != MEMBER or queue.code in assigned]


def list_assigned(member_id: UUID) -> QuerySet[WorkItem]:
    """What is for one member alone and not done yet, over all queues."""
    return WorkItem.objects.filter(assignee_id=member_id, done_at=None).order_by("id")


def list_held_of(member_id: UUID) -> QuerySet[WorkItem]:
    """What a member has in hands, over all queues, the lease running or not."""
    return WorkItem.objects.filter(holder_id=member_id, done_at=None).order_by("id")


def list_waiting(actor: Actor) -> list[Waiting]:
    """Each queue that the actor may work, with what waits in it."""
    return [_waiting(actor, queue) for queue in list_queues(actor)]


def _waiting(actor: Actor, queue: Queue) -> Waiting:
    first = free_items(actor, queue.code).order_by("-priority", "queued_at", "id").first()
    holders = list_held_by_others(actor, queue.code).values("holder_id")[:5]
    return Waiting(
        queue=queue,
        count=count_waiting(actor, queue.code),
        oldest=first.queued_at if first else None,
        next_due=first.due_at if first else None,
        holders=list(
            Member.objects.filter(id__in=list(holders.values_list("holder_id", flat=True))).order_by("name", "id")
        ),
    )


def list_in_hands(actor: Actor) -> QuerySet[WorkItem]:
    """What the actor holds, over all queues, the first to run out first; a person holds one item of a queue."""
    return list_held_of(actor.member_id).order_by("available_at", "id")[:100]


def get_held(actor: Actor, queue_code: str) -> WorkItem | None:
    """The item of a queue that the actor holds."""
    return open_items(queue_code).filter(holder_id=actor.member_id).order_by("slot").first()


def list_held_by_others(actor: Actor, queue_code: str) -> QuerySet[WorkItem]:
    held = open_items(queue_code).filter(holder__isnull=False, available_at__gt=now())
    return held.exclude(holder_id=actor.member_id).order_by("available_at", "id")


def explain_nothing_left(actor: Actor, queue_code: str) -> NothingLeft:
    """Counts what is open but not for the actor now."""
    held = list(list_held_by_others(actor, queue_code).values_list("available_at", flat=True)[:COUNTED_UP_TO])
    snoozed_items = open_items(queue_code).filter(holder=None, available_at__gt=now())
    snoozed = list(snoozed_items.order_by("available_at", "id").values_list("available_at", flat=True)[:COUNTED_UP_TO])
    not_for_me = open_items(queue_code).filter(excluded__contains=[actor.member_id])
    return NothingLeft(
        held=len(held),
        first_lease_ends=held[0] if held else None,
        snoozed=len(snoozed),
        first_returns=snoozed[0] if snoozed else None,
        excluded=len(not_for_me.values_list("id", flat=True)[:COUNTED_UP_TO]),
    )


def count_decided_today(actor: Actor, queue_code: str, since: datetime) -> int:
    """How many items of a queue the actor completed since a moment; those with a known answer do not count."""
    done = WorkItem.objects.filter(queue=queue_code, holder_id=actor.member_id, done_at__gte=since)
    return done.filter(round__lt=FIRST_GOLD_ROUND).count()


def list_rounds(queue_code: str, subject_id: UUID) -> list[WorkItem]:
    """What was asked about a subject, in rounds, but for what was withdrawn and what has a known answer."""
    queues = [queue.code for queue in together_with(queue_code)]
    rounds = WorkItem.objects.filter(queue__in=queues, subject_id=subject_id, round__lt=FIRST_GOLD_ROUND)
    return list(rounds.filter(is_withdrawn=False).select_related("holder").order_by("round"))


def list_deciders_beside(item: WorkItem) -> list[UUID]:
    """Members who have decided another round of an item's subject, and so may not decide this one."""
    queues = [queue.code for queue in together_with(item.queue)]
    others = WorkItem.objects.filter(queue__in=queues, subject_id=item.subject_id).exclude(id=item.id)
    return list_deciders(list(others.values_list("id", flat=True)))


def list_titles(subject_type: str, subject_ids: list[UUID]) -> dict[UUID, str]:
    """Subjects in words. They are found by the type they were queued with, because the worklist knows no app."""
    model = apps.get_model(subject_type)
    return {row.pk: str(row) for row in model._default_manager.filter(pk__in=subject_ids)}


def list_items_about(subject_type: str, subject_id: UUID) -> list[WorkItem]:
    """Everything that was ever asked about a subject, in all queues; the caller asks what of it may be seen."""
    found = WorkItem.objects.filter(queue__in=list(registry().queues), subject_id=subject_id, subject_type=subject_type)
    return list(found.order_by("id"))
