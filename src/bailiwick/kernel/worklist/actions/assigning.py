"""Items that are for one member alone, or that nobody is asked any more; whoever calls has locked them.

Of many at once it has locked the subjects instead.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.base.lookups import among
from bailiwick.kernel.worklist.actions.leases import free
from bailiwick.kernel.worklist.models import WorkItem


def assign_item(item: WorkItem, member_id: UUID) -> None:
    """Ask somebody else; whoever holds the item loses it."""
    free(item.id, assignee_id=member_id)


def withdraw_item(item: WorkItem) -> None:
    """Close an item undecided; whoever holds it loses it."""
    free(item.id, done_at=now(), is_withdrawn=True)


def assign_items(queues: Sequence[str], subject_ids: Sequence[UUID], member_id: UUID | None) -> None:
    """Ask one member, or everybody again, about many subjects; who else holds one of them loses it."""
    items = _open_items(queues, subject_ids)
    if member_id:
        _free_all(items.filter(holder__isnull=False).exclude(holder_id=member_id))
    items.update(assignee_id=member_id)


def withdraw_items(queues: Sequence[str], subject_ids: Sequence[UUID]) -> None:
    """Close what is open of many subjects undecided; whoever holds one of them loses it."""
    _free_all(_open_items(queues, subject_ids), done_at=now(), is_withdrawn=True)


def snooze_items(queues: Sequence[str], subject_ids: Sequence[UUID], until: datetime | None) -> None:
    """Let what is open of many subjects wait until then, or end its waiting; whoever holds some of it loses it."""
    _free_all(_open_items(queues, subject_ids), **({"available_at": until} if until else {}))


def _free_all(items: QuerySet[WorkItem], **values: object) -> None:
    freed: dict[str, object] = {"holder": None, "available_at": F("queued_at"), "lease_number": F("lease_number") + 1}
    items.update(**freed | values)


def _open_items(queues: Sequence[str], subject_ids: Sequence[UUID]) -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(among("subject_id", subject_ids), queue__in=queues, done_at=None)
