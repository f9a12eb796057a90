"""The second person of grants that need two."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.timezone import now

from bailiwick.kernel.access.actions.conflicts import require_apart
from bailiwick.kernel.access.actions.turns import lock_members, lock_roles
from bailiwick.kernel.access.actors import Actor, counting, roles_with
from bailiwick.kernel.access.errors import GrantOver, SecondPersonNeeded
from bailiwick.kernel.access.models import Grant, Role
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.models import ApiKey


def approve_grant(*, actor: Actor, grant_id: UUID) -> Grant:
    """Let a waiting grant count from now on; needs `access.manage`, and approving twice changes nothing.

    By a person: not its giver, not who gets it, not who made a key of a program that is either, and not a deputy of
    any of these for whom the right comes from them alone. Whoever refuses it ends it. Raises SecondPersonNeeded,
    RightsInConflict, GrantOver, NotFound.
    """
    with transaction.atomic(savepoint=False):
        actor.require("access.manage")
        grant = _lock(grant_id)
        if grant.approved_at is not None:
            return grant
        if not may_approve(actor, grant):
            raise SecondPersonNeeded
        _require_alive(grant)
        Grant.objects.filter(id=grant_id).update(approved_by_id=actor.member_id, approved_at=Now())
        require_apart([grant])
        record(actor.ref, "access.grant.approved", grant, {"member": str(grant.member_id), "role": grant.role})
        grant.refresh_from_db()
        return grant


def may_approve(actor: Actor, grant: Grant) -> bool:
    """Whether the actor is another person than giver and receiver, and manages access by another's word than theirs."""
    others = {grant.granted_by_id, grant.member_id} - {None}
    # Whoever has the key of a program is behind what it does.
    others |= set(ApiKey.objects.filter(member_id__in=others).values_list("created_by_id", flat=True))
    if not actor.is_person or actor.member_id in others:
        return False
    held = Grant.objects.filter(counting(), member_id=actor.member_id, object_type="")
    free = held.filter(role__in=roles_with("access.manage")).exclude(Q(is_deputy=True, parent__member_id__in=others))
    return "access.manage" in actor.rights and free.exists()


def _lock(grant_id: UUID) -> Grant:
    """The grant, in its turn; members and roles of grants never change."""
    first = Grant.objects.filter(id=grant_id).first()
    if first is None:
        raise NotFound
    lock_members(first.member_id)
    lock_roles([first.role])
    return Grant.objects.select_related("member", "parent").get(id=grant_id)


def _require_alive(grant: Grant) -> None:
    """Neither ended nor past, of a role that still is one, to somebody still here, from what still stands."""
    is_past = grant.valid_until is not None and grant.valid_until <= now()
    is_given = Role.objects.filter(code=grant.role, ended_at=None).exists() and grant.member.is_active
    above = grant.parent
    stands = above is None or (above.revoked_at is None and above.approved_at is not None)
    if grant.revoked_at is not None or is_past or not is_given or not stands:
        raise GrantOver
