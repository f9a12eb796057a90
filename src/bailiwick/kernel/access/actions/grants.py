"""Giving and ending grants."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Model, Q
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions.conflicts import require_apart
from bailiwick.kernel.access.actions.turns import lock_members, lock_roles
from bailiwick.kernel.access.actors import Actor, is_current
from bailiwick.kernel.access.errors import GrantTooWide, HeldAsDeputy, NobodyLeft
from bailiwick.kernel.access.models import Grant, Role
from bailiwick.kernel.access.queries import list_holders, manages, rights_of
from bailiwick.kernel.access.rules import Place, Reach, is_limit
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.base.money import Money
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
    amount: Money | None = None,
) -> Grant:
    """Give a role. Whoever manages access may give any; others pass on what they hold, never wider, longer or higher.

    A grant of a role that needs two waits for `approve_grant`. Giving again what is given already changes nothing.

    Raises GrantTooWide, HeldAsDeputy, RightsInConflict, InvalidInput for an unknown role, dates in the wrong order or
    an amount that bounds nothing, NotFound for a stranger.
    """
    with transaction.atomic(savepoint=False):
        lock_members(actor.member_id, member_id)
        kept = lock_roles([role]).get(role)
        reach = Reach(_place_of(actor, over), valid_from or now(), valid_until, amount)
        parent = None if manages(actor) else _require_parent(actor, role, reach)
        if kept is None or kept.ended_at is not None:
            raise InvalidInput({"role": [_("There is no such role.")]})
        _check(reach, kept, parent)
        if not Member.objects.filter(id=member_id, is_active=True).exists():
            raise NotFound
        own: dict[str, Any] = {"parent": parent, "granted_by_id": actor.member_id, "is_passable": is_passable}
        if valid_from is None and (same := _find_same(member_id, role, reach, own)):
            return same
        grant = write_grant(
            actor.ref, member_id, role, over, reach.begins, valid_until, amount=amount, waits=kept.needs_two, **own
        )
        require_apart([grant])
        grant.refresh_from_db()
        return grant


def _require_parent(actor: Actor, role: str, reach: Reach) -> Grant:
    parent = find_parent(actor, role, reach)
    if parent is None:
        raise HeldAsDeputy(right="access.manage") if "access.manage" in actor.rights else GrantTooWide
    return parent


def find_parent(actor: Actor, role: str, reach: Reach) -> Grant | None:
    """The actor's own grant that may be passed on so far; of several the one that lasts longest.

    A key passes on nothing that it has not all the rights for itself.
    """
    if actor.key_id and not rights_of([role]) <= actor.rights | actor.object_rights:
        return None
    own = Grant.objects.filter(member_id=actor.member_id, role=role, is_passable=True)
    longest = own.order_by(F("valid_until").desc(nulls_first=True), "id")
    return next((grant for grant in longest if is_current(grant) and reach_of(grant).covers(reach)), None)


def reach_of(grant: Grant) -> Reach:
    """How far a grant reaches that is written already."""
    place = Place(grant.object_type, grant.object_id)
    return Reach(place, grant.valid_from, grant.valid_until, grant.limit)


def _place_of(actor: Actor, over: Model | None) -> Place:
    """Raises NotFound for what belongs to another organisation."""
    if over is None:
        return Place()
    if getattr(over, "organization_id", None) != actor.organization_id:
        raise NotFound
    return Place(over._meta.label_lower, over.pk)


def _check(reach: Reach, role: Role, parent: Grant | None) -> None:
    faults = {}
    if reach.ends is not None and reach.ends <= reach.begins:
        faults["valid_until"] = [_("A grant ends after it begins.")]
    if reach.limit is not None:
        if not is_limit(reach.limit):
            faults["amount"] = [_("Give an amount to the hundredth, not below nothing, and its currency.")]
        elif not (parent and parent.limit) and not _knows_amounts(role):
            faults["amount"] = [_("No right in this role knows amounts: leave it empty.")]
    if faults:
        raise InvalidInput(faults)


def _knows_amounts(role: Role) -> bool:
    return any(registry().rights[right].has_amount for right in rights_of([role.code]))


def _find_same(member_id: UUID, role: str, reach: Reach, own: dict[str, Any]) -> Grant | None:
    """The grant, counting or waiting, that giving it again would only repeat."""
    held = Grant.objects.filter(
        member_id=member_id,
        role=role,
        object_id=reach.place.object_id,
        valid_until=reach.ends,
        is_deputy=False,
        revoked_at=None,
        valid_from__lte=reach.begins,
        **_as_columns(reach.limit),
        **own,
    )
    return held.filter(Q(valid_until=None) | Q(valid_until__gt=reach.begins)).order_by("id").first()


def _as_columns(limit: Money | None) -> dict[str, Any]:
    return {"amount": limit.amount, "currency": limit.currency} if limit else {"amount": None, "currency": ""}


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
    amount: Money | None = None,
    waits: bool = False,
    reason: str = "",
) -> Grant:
    """Write a grant that has been checked, or that the installation itself gives to an organisation's first members.

    A deputy's is over what its parent is over, and for as much.
    """
    place = Place(over._meta.label_lower, over.pk) if over else Place()
    if parent and is_deputy:
        place, amount = reach_of(parent).place, parent.limit
    grant = Grant.objects.create(
        member_id=member_id,
        role=role,
        object_type=place.object_type,
        object_id=place.object_id,
        valid_from=valid_from or Now(),
        valid_until=valid_until,
        granted_by_id=granted_by_id,
        is_passable=is_passable,
        parent=parent,
        is_deputy=is_deputy,
        approved_at=None if waits else Now(),
        reason=reason,
        **_as_columns(amount),
    )
    told: dict[str, Any] = {"member": str(member_id), "role": role}
    record(actor, "access.grant.given", grant, told | ({"waits": True} if waits else {}))
    return grant


def end_grant(*, actor: Actor, grant_id: UUID) -> Grant:
    """End a grant now, and what was passed on from it; one that waits is refused by it. Ending twice changes nothing.

    Only its giver or who manages access may. Raises NobodyLeft, Forbidden, NotFound.
    """
    with transaction.atomic(savepoint=False):
        grant = Grant.objects.filter(id=grant_id).first()
        if grant is None:
            raise NotFound
        if grant.granted_by_id != actor.member_id:
            actor.require("access.manage")
        had_managers = bool(list_holders("access.manage"))
        end_trees(actor.ref, [grant_id])
        if had_managers:
            require_somebody_left()
        grant.refresh_from_db()
        return grant


def require_somebody_left() -> None:
    """An organisation in which nobody manages access could be mended from outside only; raises NobodyLeft."""
    if not list_holders("access.manage"):
        raise NobodyLeft


def end_passed_on(actor: ActorRef, *, member_id: UUID) -> None:
    """End whatever was passed on from a member's grants, as when they leave; their own stay as they are."""
    end_trees(actor, Grant.objects.filter(parent__member_id=member_id, revoked_at=None).values_list("id", flat=True))


def end_all_of(actor: ActorRef, *, member_id: UUID) -> None:
    """End whatever a member holds, is to hold or waits for, and what was passed on from it."""
    end_trees(actor, Grant.objects.filter(member_id=member_id, revoked_at=None).values_list("id", flat=True))


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
        lock_roles(Grant.objects.filter(id__in=roots).values_list("role", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(END_TREES, [roots])
            ended = [row[0] for row in cursor.fetchall()]
        for grant in Grant.objects.filter(id__in=ended).order_by("id"):
            record(actor, "access.grant.ended", grant, {"member": str(grant.member_id), "role": grant.role})
