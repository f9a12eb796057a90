"""Who has which roles now, by which grants."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from bailiwick.kernel.access.actors import Actor, counting, roles_with
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries.roles import rights_of, titles_of
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.models import Member


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
