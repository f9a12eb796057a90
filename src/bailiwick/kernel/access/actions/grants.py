"""Giving and ending grants."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Model
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor, is_current
from bailiwick.kernel.access.errors import GrantTooWide
from bailiwick.kernel.access.models import Grant, Role
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

    Giving again what is given already changes nothing.

    Raises GrantTooWide, InvalidInput for an unknown role or dates in the wrong order, NotFound for a stranger.
    """
    with transaction.atomic(savepoint=False):
        lock_trees([role])
        begins = valid_from or now()
        parent = None
        if "access.manage" not in actor.rights:
            parent = find_parent(actor, role, over, begins, valid_until)
            if parent is None:
                raise GrantTooWide
        if not is_role(role):
            raise InvalidInput({"role": [_("There is no such role.")]})
        if valid_until is not None and valid_until <= begins:
            raise InvalidInput({"valid_until": [_("A grant ends after it begins.")]})
        if not Member.objects.filter(id=member_id, is_active=True).exists():
            raise NotFound
        own: dict[str, Any] = {"parent": parent, "granted_by_id": actor.member_id, "is_passable": is_passable}
        if valid_from is None and (same := _find_same(member_id, role, over, valid_until, own)):
            return same
        return write_grant(actor.ref, member_id, role, over, begins, valid_until, **own)


def _find_same(
    member_id: UUID, role: str, over: Model | None, valid_until: datetime | None, own: dict[str, Any]
) -> Grant | None:
    """The grant that giving it again would only repeat."""
    held = Grant.objects.filter(
        member_id=member_id, role=role, object_id=over.pk if over else None, valid_until=valid_until, **own
    )
    return next((grant for grant in held.filter(is_deputy=False).order_by("id") if is_current(grant)), None)


def write_grant(
    actor: ActorRef,
    member_id: UUID,
    role: str,
    over: Model | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    granted_by_id: UUID | None = None,
    is_passable: bool = False,
    parent: Grant | None = None,
    is_deputy: bool = False,
) -> Grant:
    """Write a grant that has been checked, or that the installation itself gives to an organisation's first members.

    A deputy's is over what its parent is over.
    """
    place = (over._meta.label_lower, over.pk) if over else ("", None)
    if parent and is_deputy:
        place = parent.object_type, parent.object_id
    grant = Grant.objects.create(
        member_id=member_id,
        role=role,
        object_type=place[0],
        object_id=place[1],
        valid_from=valid_from or Now(),
        valid_until=valid_until,
        granted_by_id=granted_by_id,
        is_passable=is_passable,
        parent=parent,
        is_deputy=is_deputy,
    )
    record(actor, "access.grant.given", grant, {"member": str(member_id), "role": role})
    return grant


def lock_trees(roles: Iterable[str]) -> None:
    """Grants are passed on within one role: whoever passes on or ends takes turns at it, so that no child is missed."""
    list(Role.objects.select_for_update(no_key=True).filter(code__in=set(roles)).order_by("id"))


def find_parent(actor: Actor, role: str, over: Model | None, begins: datetime, ends: datetime | None) -> Grant | None:
    """The actor's own grant that may be passed on so far; of several the one that lasts longest."""
    own = Grant.objects.filter(member_id=actor.member_id, role=role, is_passable=True)
    longest = own.order_by(F("valid_until").desc(nulls_first=True), "id")
    return next((grant for grant in longest if is_current(grant) and _covers(grant, over, begins, ends)), None)


def _covers(grant: Grant, over: Model | None, begins: datetime, ends: datetime | None) -> bool:
    is_same = over is not None and (grant.object_type, grant.object_id) == (over._meta.label_lower, over.pk)
    covers_time = grant.valid_until is None or (ends is not None and ends <= grant.valid_until)
    return (grant.object_id is None or is_same) and covers_time and begins >= grant.valid_from


def end_grant(*, actor: Actor, grant_id: UUID) -> Grant:
    """End a grant now, and what was passed on from it; ending twice changes nothing.

    Only its giver or who manages access may.
    """
    with transaction.atomic(savepoint=False):
        grant = Grant.objects.filter(id=grant_id).first()
        if grant is None:
            raise NotFound
        if grant.granted_by_id != actor.member_id:
            actor.require("access.manage")
        end_trees(actor.ref, [grant_id])
        grant.refresh_from_db()
        return grant


def end_passed_on(actor: ActorRef, *, member_id: UUID) -> None:
    """End whatever was passed on from a member's grants, as when they leave; their own stay as they are."""
    end_trees(actor, Grant.objects.filter(parent__member_id=member_id, revoked_at=None).values_list("id", flat=True))


END_TREES = """
WITH RECURSIVE tree AS (
    SELECT id FROM access_grant WHERE organization_id = app_organization() AND id = ANY(%s)
    UNION
    SELECT child.id FROM access_grant child JOIN tree ON child.parent_id = tree.id
     WHERE child.organization_id = app_organization())
UPDATE access_grant SET revoked_at = statement_timestamp()
 WHERE organization_id = app_organization() AND id IN (SELECT id FROM tree) AND revoked_at IS NULL
RETURNING id
"""


def end_trees(actor: ActorRef, grant_ids: Iterable[UUID]) -> None:
    """End grants and what hangs on them, in one statement; those that are ended already stay as they are."""
    roots = list(grant_ids)
    with transaction.atomic(savepoint=False):
        lock_trees(Grant.objects.filter(id__in=roots).values_list("role", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(END_TREES, [roots])
            ended = [row[0] for row in cursor.fetchall()]
        for grant in Grant.objects.filter(id__in=ended).order_by("id"):
            record(actor, "access.grant.ended", grant, {"member": str(grant.member_id), "role": grant.role})
