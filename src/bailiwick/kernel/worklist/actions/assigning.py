"""Items that are for one member alone, or that nobody is asked any more; whoever calls has locked them."""

from uuid import UUID

from django.utils.timezone import now

from bailiwick.kernel.worklist.actions.leases import free
from bailiwick.kernel.worklist.models import WorkItem


def assign_item(item: WorkItem, member_id: UUID) -> None:
    """Ask somebody else; whoever holds the item loses it."""
    free(item.id, assignee_id=member_id)


def withdraw_item(item: WorkItem) -> None:
    """Close an item undecided; whoever holds it loses it."""
    free(item.id, done_at=now(), is_withdrawn=True)
