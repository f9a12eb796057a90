"""Why somebody may, or may not."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model, Q

from bailiwick.kernel.access.actors import Actor, counting, is_current, roles_with
from bailiwick.kernel.access.models import Grant, Role
from bailiwick.kernel.access.queries.roles import in_order
from bailiwick.kernel.base.manifest import Right, registry
from bailiwick.kernel.identity.models import Member


@dataclass(frozen=True, slots=True)
class Explanation:
    """The chain from a member to a right: roles that contain it, grants that give one, and who can help."""

    is_allowed: bool
    member: Member
    right: Right
    roles: list[Role]
    grants: list[Grant]
    is_cut_by_key: bool
    helpers: list[Member]


def explain(actor: Actor, right: str, over: Model | None = None) -> Explanation:
    """Why an actor may or may not; worked out from the grants of this moment, never stored."""
    roles = in_order(Role.objects.filter(code__in=roles_with(right)))
    codes = [role.code for role in roles]
    held = Grant.objects.filter(member_id=actor.member_id, role__in=codes).select_related("granted_by").order_by("id")
    counting = [grant for grant in held if is_current(grant) and _applies(grant, over)]
    is_cut = bool(counting) and not actor.may(right)
    is_allowed = bool(counting) and not is_cut
    return Explanation(
        is_allowed=is_allowed,
        member=Member.objects.get(id=actor.member_id),
        right=registry().rights[right],
        roles=roles,
        grants=counting,
        is_cut_by_key=is_cut,
        helpers=[] if is_allowed else list_helpers(codes),
    )


def _applies(grant: Grant, over: Model | None) -> bool:
    return grant.object_id is None or (over is not None and grant.object_id == over.pk)


def list_helpers(roles: Iterable[str]) -> list[Member]:
    """Members who could give one of these roles: managers of access, and holders of a passable grant; at most 5."""
    can_give = Q(role__in=roles_with("access.manage")) | Q(role__in=roles, is_passable=True)
    grants = Grant.objects.filter(can_give, counting()).values("member_id")
    return list(Member.objects.filter(id__in=grants, is_active=True).order_by("name", "id")[:5])
