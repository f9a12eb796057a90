"""Giving and ending grants."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor, is_current
from bailiwick.kernel.access.errors import GrantTooWide
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries import is_role
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.models import Member


def give_grant(
    *,
    actor: Actor,
    member_id: UUID,
    role: str,
    over: Model | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    is_passable: bool = False,
) -> Grant:
    """Give a role. Whoever manages access may give any; others pass on what they hold, never wider or longer.

    Raises GrantTooWide, InvalidInput for an unknown role or dates in the wrong order, NotFound for a stranger.
    """
    with transaction.atomic(savepoint=False):
        begins = valid_from or now()
        if "access.manage" not in actor.rights and not may_pass_on(actor, role, over, begins, valid_until):
            raise GrantTooWide
        if not is_role(role):
            raise InvalidInput({"role": [_("There is no such role.")]})
        if valid_until is not None and valid_until <= begins:
            raise InvalidInput({"valid_until": [_("A grant ends after it begins.")]})
        if not Member.objects.filter(id=member_id, is_active=True).exists():
            raise NotFound
        return write_grant(actor.ref, member_id, role, over, begins, valid_until, actor.member_id, is_passable)


def write_grant(
    actor: ActorRef,
    member_id: UUID,
    role: str,
    over: Model | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    granted_by_id: UUID | None = None,
    is_passable: bool = False,
) -> Grant:
    """Write a grant that has been checked, or that the installation itself gives to an organisation's first members."""
    grant = Grant.objects.create(
        member_id=member_id,
        role=role,
        object_type=over._meta.label_lower if over else "",
        object_id=over.pk if over else None,
        valid_from=valid_from or Now(),
        valid_until=valid_until,
        granted_by_id=granted_by_id,
        is_passable=is_passable,
    )
    record(actor, "access.grant.given", grant, {"member": str(member_id), "role": role})
    return grant


def may_pass_on(actor: Actor, role: str, over: Model | None, begins: datetime, ends: datetime | None) -> bool:
    own = Grant.objects.filter(member_id=actor.member_id, role=role, is_passable=True)
    return any(is_current(grant) and _covers(grant, over, begins, ends) for grant in own)


def _covers(grant: Grant, over: Model | None, begins: datetime, ends: datetime | None) -> bool:
    covers_object = grant.object_id is None or (over is not None and grant.object_id == over.pk)
    covers_time = grant.valid_until is None or (ends is not None and ends <= grant.valid_until)
    return covers_object and covers_time and begins >= grant.valid_from


def end_grant(*, actor: Actor, grant_id: UUID) -> Grant:
    """End a grant now; ending twice changes nothing. Only its giver or who manages access may."""
    with transaction.atomic(savepoint=False):
        grant = Grant.objects.select_for_update().filter(id=grant_id).first()
        if grant is None:
            raise NotFound
        if grant.granted_by_id != actor.member_id:
            actor.require("access.manage")
        if grant.revoked_at is None:
            Grant.objects.filter(id=grant_id).update(revoked_at=Now())
            record(actor.ref, "access.grant.ended", grant, {"member": str(grant.member_id), "role": grant.role})
        return grant
