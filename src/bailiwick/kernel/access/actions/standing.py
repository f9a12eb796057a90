"""Grants that stand because of something else, such as a group, and are ended with it."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions.conflicts import require_apart
from bailiwick.kernel.access.actions.grants import end_trees, find_parent, write_grant
from bailiwick.kernel.access.actions.turns import lock_roles
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import GrantTooWide
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries import is_role, manages
from bailiwick.kernel.access.rules import Place, Reach
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput


def require_giving(actor: Actor, role: str) -> None:
    """Raises GrantTooWide where `may_give` says no, InvalidInput for what is no role."""
    if not is_role(role):
        raise InvalidInput({"role": [_("There is no such role.")]})
    if not may_give(actor, role):
        raise GrantTooWide


def may_give(actor: Actor, role: str) -> bool:
    """Whether the actor might give the role to anybody, without end."""
    return manages(actor) or find_parent(actor, role, Reach(Place(), now())) is not None


def give_standing(actor: ActorRef, member_id: UUID, role: str) -> Grant:
    """Give a role for as long as its reason stands, to a member who is locked; one that needs two waits.

    Raises RightsInConflict, and has written nothing then.
    """
    with transaction.atomic():
        kept = lock_roles([role]).get(role)
        grant = write_grant(actor, member_id, role, waits=kept is not None and kept.needs_two)
        require_apart([grant])
        return grant


def end_standing(actor: ActorRef, grant_ids: Collection[UUID]) -> None:
    """End grants whose reason is gone; those that somebody ended before stay as they are."""
    end_trees(actor, grant_ids)
