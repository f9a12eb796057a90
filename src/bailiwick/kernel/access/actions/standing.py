"""Grants that stand because of something else, such as a group, and are ended with it."""

from collections.abc import Collection
from uuid import UUID

from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions.grants import may_pass_on
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import GrantTooWide
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries import is_role
from bailiwick.kernel.audit.actions import record
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
    return "access.manage" in actor.rights or may_pass_on(actor, role, None, now(), None)


def end_standing(actor: ActorRef, grant_ids: Collection[UUID]) -> None:
    """End grants whose reason is gone; those that somebody ended before stay as they are."""
    for grant in Grant.objects.select_for_update().filter(id__in=grant_ids, revoked_at=None).order_by("id"):
        Grant.objects.filter(id=grant.id).update(revoked_at=Now())
        record(actor, "access.grant.ended", grant, {"member": str(grant.member_id), "role": grant.role})
