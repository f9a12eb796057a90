"""What somebody who leaves still has in hands."""

from uuid import UUID

from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.worklist.actions.leases import free
from bailiwick.kernel.worklist.queries import list_held_of


def release_held(actor: ActorRef, member_id: UUID) -> None:
    """Give back to its place whatever a member holds, in any queue; called where a membership ends."""
    for item in list_held_of(member_id).select_for_update():
        free(item.id)
