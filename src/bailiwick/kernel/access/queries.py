"""Why somebody may, and what they may see."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from bailiwick.kernel.access.actors import Actor, counting, is_current, roles_with
from bailiwick.kernel.access.models import Grant, Role, RoleRights
from bailiwick.kernel.base.manifest import Right, registry
from bailiwick.kernel.identity.choices import MemberKind
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


def visible_to(actor: Actor, right: str, rows: QuerySet) -> QuerySet:  # type: ignore[type-arg]
    """The rows over which the actor holds the right: all, those of object grants, or none."""
    if right in actor.rights:
        return rows
    if right not in actor.object_rights:
        return rows.none()
    held = Grant.objects.filter(
        counting(), member_id=actor.member_id, role__in=roles_with(right), object_type=rows.model._meta.label_lower
    )
    return rows.filter(id__in=held.values("object_id"))


def highest_role(roles: tuple[str, ...]) -> str:
    """The first of the declared roles that is among those given, else one of the organisation's own, or nothing."""
    return next((code for code in registry().roles if code in roles), next(iter(roles), ""))


def in_order(roles: Iterable[Role]) -> list[Role]:
    """The highest first, as declared; the organisation's own last, by title."""
    rank = {code: number for number, code in enumerate(registry().roles)}
    return sorted(roles, key=lambda role: (rank.get(role.code, len(rank)), str(role), role.code))


def list_own_roles(codes: Iterable[str]) -> list[Role]:
    """Those of some roles that the organisation made itself."""
    return in_order(Role.objects.filter(code__in=list(codes), is_declared=False))


def is_role(code: str) -> bool:
    """Whether grants of this code may be given now."""
    return Role.objects.filter(code=code, ended_at=None).exists()


def titles_of(codes: Iterable[str]) -> dict[str, str]:
    """What the organisation calls some roles, in order; a code that is none is called by itself."""
    wanted = set(codes)
    titles = {role.code: str(role) for role in in_order(Role.objects.filter(code__in=wanted))}
    return titles | {code: code for code in sorted(wanted - set(titles))}


def rights_of(roles: Iterable[str]) -> frozenset[str]:
    """The rights in some roles of the organisation now, as far as a manifest declares them still."""
    versions = RoleRights.objects.filter(valid_until=None, role__code__in=set(roles)).values_list("rights", flat=True)
    return frozenset(right for rights in versions for right in rights if right in registry().rights)


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody has now, by which grant, and whether the actor may end it."""

    grant: Grant
    title: str
    may_end: bool


def list_grants_of(actor: Actor, member_id: UUID) -> list[Held]:
    """The roles over the organisation that a member has, the newest last."""
    rows = Grant.objects.filter(counting(), member_id=member_id, object_type="").select_related("granted_by")
    return _as_held(actor, list(rows.order_by("id")))


def _as_held(actor: Actor, grants: list[Grant]) -> list[Held]:
    titles, is_manager = titles_of(grant.role for grant in grants), "access.manage" in actor.rights
    return [Held(each, titles[each.role], is_manager or each.granted_by_id == actor.member_id) for each in grants]


def list_roles_of(member_ids: list[UUID]) -> dict[UUID, list[str]]:
    """The titles of the roles over the organisation that some members have."""
    found = defaultdict[UUID, list[str]](list)
    grants = Grant.objects.filter(counting(), member_id__in=member_ids, object_type="").order_by("id")
    held = list(grants.values_list("member_id", "role"))
    titles = titles_of(code for _member_id, code in held)
    for member_id, code in held:
        if titles[code] not in found[member_id]:
            found[member_id].append(titles[code])
    return found


def list_roles_to_give(actor: Actor) -> list[Role]:
    """The roles that an actor may give over the whole organisation."""
    roles = in_order(Role.objects.filter(ended_at=None))
    if "access.manage" in actor.rights:
        return roles
    own = Grant.objects.filter(counting(), member_id=actor.member_id, object_type="", is_passable=True)
    held = set(own.values_list("role", flat=True))
    return [role for role in roles if role.code in held]


def list_holders(right: str) -> list[Member]:
    """Active people who hold a right over the organisation now; at most 100."""
    grants = Grant.objects.filter(counting(), role__in=roles_with(right), object_type="").values("member_id")
    people = Member.objects.filter(id__in=grants, is_active=True, kind=MemberKind.PERSON)
    return list(people.order_by("name", "id")[:100])


def rights_of_member(member_id: UUID) -> frozenset[str]:
    """What a member may now, over the organisation or over anything in it."""
    return rights_of(Grant.objects.filter(counting(), member_id=member_id).values_list("role", flat=True))


def list_appointed(actor: Actor, roles: tuple[str, ...]) -> list[Held]:
    """Who has one of some roles over the organisation now, by name."""
    rows = Grant.objects.filter(counting(), role__in=roles, object_type="").select_related("member", "granted_by")
    return _as_held(actor, list(rows.order_by("member__name", "id")))
