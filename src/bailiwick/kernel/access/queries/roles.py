"""The roles of an organisation, and what is in them."""

from collections.abc import Iterable

from django.db.models import Model, Q, QuerySet

from bailiwick.kernel.access.actors import Actor, counting, roles_with
from bailiwick.kernel.access.errors import HeldAsDeputy
from bailiwick.kernel.access.models import Grant, Role, RoleRights
from bailiwick.kernel.base.manifest import registry


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


def manages(actor: Actor) -> bool:
    """Whether the actor manages access in their own right: a deputy uses the right, and gives nothing by it."""
    if "access.manage" not in actor.rights:
        return False
    own = Grant.objects.filter(counting(), member_id=actor.member_id, object_type="", is_deputy=False)
    return own.filter(role__in=roles_with("access.manage")).exists()


def require_manager(actor: Actor) -> None:
    """Raises Forbidden, or HeldAsDeputy, for whoever does not manage access in their own right."""
    actor.require("access.manage")
    if not manages(actor):
        raise HeldAsDeputy(right="access.manage")


def list_roles_to_give(actor: Actor, over: Model | None = None) -> list[Role]:
    """The roles that an actor may give over the whole organisation, or over one object in it."""
    roles = in_order(Role.objects.filter(ended_at=None))
    if manages(actor):
        return roles
    held = set(passable_grants(actor, over).values_list("role", flat=True))
    return [role for role in roles if role.code in held]


def passable_grants(actor: Actor, over: Model | None = None) -> QuerySet[Grant]:
    """The actor's own grants that may be passed on over the organisation, or over one object in it."""
    reach = Q(object_type="")
    if over is not None:
        reach |= Q(object_type=over._meta.label_lower, object_id=over.pk)
    return Grant.objects.filter(reach, counting(), member_id=actor.member_id, is_passable=True)
