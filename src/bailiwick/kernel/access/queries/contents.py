"""What roles contain, from when to when, who holds them, and what a change of one would do."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from bailiwick.kernel.access.actors import Actor, counting, roles_with
from bailiwick.kernel.access.models import Grant, Role, RoleRights
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import Right, registry
from bailiwick.kernel.identity.models import Member

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Content:
    """A role, the last version of what it contains, and how many hold it now."""

    role: Role
    version: RoleRights
    holders: int = 0

    @property
    def pk(self) -> UUID:
        return self.role.pk

    @property
    def rights(self) -> list[Right]:
        """Those that are declared still, in their order."""
        return [right for code, right in registry().rights.items() if code in self.version.rights]

    @property
    def is_followed(self) -> bool:
        """Whether it contains what the product declares, today and tomorrow."""
        return self.role.is_declared and self.version.set_by_id is None

    @property
    def missed(self) -> list[Right]:
        """What the product's role has by now and the organisation's edited one has not."""
        return [right for right in self._declared if right.code not in self.version.rights]

    @property
    def added(self) -> list[Right]:
        """What the organisation put into a role of the product."""
        declared = {right.code for right in self._declared}
        return [right for right in self.rights if self.role.is_declared and right.code not in declared]

    @property
    def _declared(self) -> list[Right]:
        role = registry().roles.get(self.role.code)
        return [registry().rights[code] for code in role.rights] if role else []


@dataclass(frozen=True, slots=True)
class Step:
    """A version of a role beside the one before: what came, and what went."""

    version: RoleRights
    came: list[str]
    went: list[str]


@dataclass(frozen=True, slots=True)
class Effect:
    """A right that a change would give or take, and how many members gain or lose it by that."""

    right: Right
    is_gained: bool
    members: int


@dataclass(frozen=True, slots=True)
class Holders:
    """How many there are, and the first of them by name."""

    total: int
    rows: list[Member]


def list_roles(actor: Actor) -> QuerySet[Role]:
    """Every role that the organisation has or had; needs `access.manage`."""
    actor.require("access.manage")
    return Role.objects.all()


def called(rows: QuerySet[Role], text: str) -> QuerySet[Role]:
    """Those with a text in their title or code."""
    declared = [role.code for role in registry().roles.values() if text.casefold() in str(role.title).casefold()]
    return rows.filter(Q(own_title__icontains=text) | Q(code__icontains=text) | Q(code__in=declared))


def edited(rows: QuerySet[Role]) -> QuerySet[Role]:
    """Roles of the product that the organisation has made its own."""
    set_here = RoleRights.objects.filter(valid_until=None, set_by__isnull=False).values("role_id")
    return rows.filter(is_declared=True, id__in=set_here)


def contents_of(roles: Iterable[Role]) -> list[Content]:
    """What each of some roles contains and how many hold it, in two statements for all of them."""
    given = list(roles)
    versions = RoleRights.objects.filter(role__in=given).order_by("role_id", "-valid_from", "-id").distinct("role_id")
    last = {version.role_id: version for version in versions.select_related("set_by")}
    held = _held(role.code for role in given).values_list("role").annotate(n=Count("member", distinct=True))
    counts = dict(held.order_by())
    return [Content(role, last[role.id], counts.get(role.code, 0)) for role in given]


def get_content(actor: Actor, role_id: UUID) -> Content:
    """One role; raises NotFound."""
    role = list_roles(actor).filter(id=role_id).first()
    if role is None:
        raise NotFound
    return contents_of([role])[0]


def list_holders_of(role: Role) -> Holders:
    """Who has a role now, over the organisation or over something in it."""
    members = Member.objects.filter(id__in=_held([role.code]).values("member_id")).order_by("name", "id")
    return Holders(members.count(), list(members[:MOST_SHOWN]))


def list_steps(role: Role) -> list[Step]:
    """How a role came to contain what it does, the newest first; at most 50 steps."""
    versions = list(
        RoleRights.objects.filter(role_id=role.id).select_related("set_by").order_by("-valid_from", "-id")[:51]
    )
    before = [*versions[1:], None] if len(versions) <= 50 else versions[1:]
    return [_step(version, earlier) for version, earlier in zip(versions, before, strict=False)]


def _step(version: RoleRights, earlier: RoleRights | None) -> Step:
    now, then = set(version.rights), set(earlier.rights if earlier else ())
    return Step(version, _titles(now - then), _titles(then - now))


def _titles(codes: set[str]) -> list[str]:
    known = registry().rights
    return [str(known[code].title) if code in known else code for code in sorted(codes)]


def effects_of(content: Content, wanted: Iterable[str]) -> list[Effect]:
    """What else a role containing `wanted` would give and take: one statement for each right that changes.

    Whoever has a right by another role already, over the same, neither gains nor loses it.
    """
    now, then = set(content.version.rights), set(wanted)
    return [
        Effect(right, code in then, _count_touched(content.role.code, code))
        for code, right in registry().rights.items()
        if (code in now) != (code in then)
    ]


def _count_touched(role: str, right: str) -> int:
    others = Grant.objects.filter(counting(), member_id=OuterRef("member_id"), role__in=roles_with(right))
    others = others.exclude(role=role).filter(Q(object_type="") | Q(object_id=OuterRef("object_id")))
    return _held([role]).exclude(Exists(others)).values("member_id").distinct().count()


def _held(codes: Iterable[str]) -> QuerySet[Grant]:
    return Grant.objects.filter(counting(), role__in=list(codes), member__is_active=True)
