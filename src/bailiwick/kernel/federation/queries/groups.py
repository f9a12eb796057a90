"""Groups of directories, and what they mean."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from bailiwick.kernel.access.actions.standing import may_give
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.models import Role
from bailiwick.kernel.access.queries import in_order, manages
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.manifest import MANAGE
from bailiwick.kernel.federation.models import (
    Account,
    DirectoryMembership,
    DirectoryUser,
    GroupGrant,
    GroupRole,
    Provider,
)
from bailiwick.kernel.identity.models import Member

MOST_SHOWN = 100
MOST_LEVELS = 32
"""How deep groups are followed in groups."""


@dataclass(frozen=True, slots=True)
class Holders:
    """How many there are, and the first of them."""

    total: int
    rows: list[Member]


def means_group(name: str, groups: Collection[str], kind: str | None) -> bool:
    """Whether a group is among those that somebody is in; directories do not tell capitals from small letters."""
    if kind in (ProviderKind.OIDC, ProviderKind.SAML):
        return name in groups
    return name.casefold() in {group.casefold() for group in groups}


def list_group_roles(actor: Actor) -> QuerySet[GroupRole]:
    """What groups mean now."""
    actor.require(MANAGE)
    return GroupRole.objects.filter(ended_at=None).select_related("provider")


def named(rows: QuerySet[GroupRole], text: str) -> QuerySet[GroupRole]:
    """Those whose group has a text in its name."""
    return rows.filter(group__icontains=text)


def get_group_role(actor: Actor, group_role_id: UUID) -> GroupRole:
    """What a group means, or meant; raises NotFound."""
    actor.require(MANAGE)
    row = GroupRole.objects.select_related("provider").filter(id=group_role_id).first()
    if row is None:
        raise NotFound
    return row


def count_holders(actor: Actor) -> dict[UUID, int]:
    """How many have a role by each group."""
    actor.require(MANAGE)
    return dict(_held().values_list("group_role_id").annotate(n=Count("id")))


def list_holders(actor: Actor, group_role_id: UUID) -> Holders:
    """Who has the role by a group, the first by name."""
    actor.require(MANAGE)
    held = _held().filter(group_role_id=group_role_id)
    rows = held.select_related("member").order_by("member__name", "id")[:MOST_SHOWN]
    return Holders(held.count(), [each.member for each in rows])


def _held() -> QuerySet[GroupGrant]:
    standing = GroupGrant.objects.filter(ended_at=None, member__is_active=True)
    return standing.filter(grant__revoked_at=None, grant__approved_at__isnull=False)


def list_roles_to_give(actor: Actor) -> list[Role]:
    """The roles that somebody might give to anybody, without end."""
    roles = in_order(Role.objects.filter(ended_at=None))
    return roles if manages(actor) else [role for role in roles if may_give(actor, role.code)]


def list_sources(actor: Actor) -> QuerySet[Provider]:
    """The providers whose groups may mean a role."""
    actor.require(MANAGE)
    return Provider.objects.filter(is_active=True).order_by("name", "id")


def list_directories() -> list[Provider]:
    """Active directories of the organisation in scope, which are asked by the clock."""
    return list(Provider.objects.filter(kind=ProviderKind.LDAP, is_active=True).order_by("id"))


def list_followed(provider_id: UUID) -> list[Account]:
    """The accounts of a directory whose membership is its to end, or to begin again."""
    present = Q(member__is_active=True) | Q(left_at__isnull=False)
    return list(Account.objects.filter(present, provider_id=provider_id).order_by("id"))


def told_groups(provider_id: UUID, after: UUID | None, limit: int) -> list[Account]:
    """Accounts of a provider, with the groups that were last told of them, in pages."""
    rows = Account.objects.filter(provider_id=provider_id, member__is_active=True).order_by("id")
    return list(rows.filter(id__gt=after)[:limit] if after else rows[:limit])


def kept_people(after: UUID | None, limit: int) -> list[DirectoryUser]:
    """People whom SCIM keeps, in pages."""
    rows = DirectoryUser.objects.filter(removed_at=None, member__is_active=True).order_by("id")
    return list(rows.filter(id__gt=after)[:limit] if after else rows[:limit])


def groups_of_person(person_id: UUID) -> set[str]:
    """The names of the groups that SCIM keeps somebody in, through other groups as well."""
    names: dict[UUID, str] = {}
    found = _groups_with(Q(user_id=person_id))
    for _level in range(MOST_LEVELS):
        fresh = {group_id: name for group_id, name in found if group_id not in names}
        if not fresh:
            break
        names.update(fresh)
        found = _groups_with(Q(subgroup_id__in=fresh))
    return set(names.values())


def _groups_with(inside: Q) -> Iterator[tuple[UUID, str]]:
    rows = DirectoryMembership.objects.filter(inside, ended_at=None, group__removed_at=None)
    yield from rows.values_list("group_id", "group__display_name")


def people_below(group_ids: Collection[UUID]) -> set[UUID]:
    """Everybody in some groups, through other groups as well."""
    people: set[UUID] = set()
    seen: set[UUID] = set()
    level = set(group_ids)
    for _level in range(MOST_LEVELS):
        if not level:
            break
        seen |= level
        inside = DirectoryMembership.objects.filter(group_id__in=level, ended_at=None)
        pairs = list(inside.values_list("user_id", "subgroup_id"))
        people |= {user_id for user_id, _subgroup in pairs if user_id}
        level = {subgroup_id for _user, subgroup_id in pairs if subgroup_id} - seen
    return people
