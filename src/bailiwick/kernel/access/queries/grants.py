"""Who has which roles, by which grants."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.timezone import localdate, now

from bailiwick.kernel.access.actors import Actor, counting, roles_with
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries.roles import manages, passable_grants, rights_of, titles_of
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.models import Member

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody has, had, or is to have, by which grant, and what the actor may do about it."""

    grant: Grant
    title: str
    may_end: bool
    may_approve: bool = False

    @property
    def waits(self) -> bool:
        """Whether it gives nothing until a second person approves it."""
        return self.grant.approved_at is None and self.grant.revoked_at is None

    @property
    def is_to_come(self) -> bool:
        return not self.waits and self.grant.revoked_at is None and self.grant.valid_from > now()

    @property
    def ended_at(self) -> datetime | None:
        """When it stopped giving anything, by hand or by date; None while it may still."""
        ends = [moment for moment in (self.grant.revoked_at, self.grant.valid_until) if moment and moment <= now()]
        return min(ends, default=None)


@dataclass(frozen=True, slots=True)
class Deputyship:
    """Who stands in for whom, from when to when, and in which roles."""

    member: Member
    principal: Member
    valid_from: datetime
    valid_until: datetime
    roles: list[str]

    @property
    def last_day(self) -> date:
        """The day at whose end it ends, where the reader is."""
        return localdate(self.valid_until - timedelta(microseconds=1))


def list_grants_of(actor: Actor, member_id: UUID) -> list[Held]:
    """What a member has or is to have, and what waits for a second person; at most 100, the newest last."""
    newest = list(_named(_standing()).filter(member_id=member_id).order_by("-id")[:MOST_SHOWN])
    return as_held(actor, reversed(newest))


def list_past_grants_of(actor: Actor, member_id: UUID) -> list[Held]:
    """What a member had; the last 100, the newest first."""
    past = Q(revoked_at__isnull=False) | Q(valid_until__lte=now())
    return as_held(actor, _named(Grant.objects.filter(past, member_id=member_id)).order_by("-id")[:MOST_SHOWN])


def list_waiting_grants(actor: Actor) -> QuerySet[Grant]:
    """What waits for the actor, as a second person, to approve; needs `access.manage`."""
    actor.require("access.manage")
    waiting = _named(_standing()).filter(approved_at=None).exclude(member_id=actor.member_id)
    return waiting.exclude(granted_by_id=actor.member_id)


def may_give_over(actor: Actor, row: Model) -> bool:
    """Whether the actor might give a role over an object: they manage access, or may pass on what covers it."""
    return manages(actor) or passable_grants(actor, row).exists()


def list_grants_over(actor: Actor, row: Model) -> list[Held]:
    """Who has a role over one object itself, to whoever may give one; at most 100, by name. Raises Forbidden."""
    if not may_give_over(actor, row):
        raise Forbidden(right="access.manage")
    over = _named(_standing()).filter(object_type=row._meta.label_lower, object_id=row.pk)
    return as_held(actor, over.order_by("member__name", "id")[:MOST_SHOWN])


def list_deputies_of(member_id: UUID) -> list[Deputyship]:
    """Who stands in for a member, now or later."""
    return _deputyships(Q(granted_by_id=member_id))


def list_principals_of(member_id: UUID) -> list[Deputyship]:
    """For whom a member stands in, now or later."""
    return _deputyships(Q(member_id=member_id))


def _deputyships(whose: Q) -> list[Deputyship]:
    grants = list(_named(_standing()).filter(whose, is_deputy=True).order_by("valid_from", "id"))
    titles = titles_of(grant.role for grant in grants)
    pairs = defaultdict[tuple[UUID, UUID | None], list[Grant]](list)
    for grant in grants:
        pairs[grant.member_id, grant.granted_by_id].append(grant)
    return [_deputyship(each, titles) for each in pairs.values()]


def _deputyship(grants: list[Grant], titles: dict[str, str]) -> Deputyship:
    first = grants[0]
    roles = sorted({titles[grant.role] for grant in grants})
    ends = max(grant.valid_until for grant in grants if grant.valid_until)
    return Deputyship(first.member, first.granted_by, first.valid_from, ends, roles)


def _standing() -> QuerySet[Grant]:
    """What gives something, will, or waits: neither ended by hand nor by date."""
    return Grant.objects.filter(Q(valid_until=None) | Q(valid_until__gt=now()), revoked_at=None)


def _named(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    return grants.select_related("member", "granted_by", "approved_by")


def as_held(actor: Actor, grants: Iterable[Grant]) -> list[Held]:
    """Grants with the titles of their roles, and what the actor may do about each."""
    given, is_manager, me = list(grants), "access.manage" in actor.rights, actor.member_id
    titles = titles_of(grant.role for grant in given)
    return [
        Held(each, titles[each.role], is_manager or each.granted_by_id == me, is_manager and _is_for_others(each, me))
        for each in given
    ]


def _is_for_others(grant: Grant, member_id: UUID) -> bool:
    is_waiting = grant.approved_at is None and grant.revoked_at is None
    return is_waiting and member_id not in (grant.granted_by_id, grant.member_id)


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


def own_rights(actor: Actor) -> frozenset[str]:
    """What the actor may over the organisation by more than a deputyship, which what they hand on would outlast."""
    own = Grant.objects.filter(counting(), member_id=actor.member_id, object_type="", is_deputy=False)
    return actor.rights & rights_of(own.values_list("role", flat=True))


def list_appointed(actor: Actor, roles: tuple[str, ...]) -> list[Held]:
    """Who has one of some roles over the organisation now, by name."""
    rows = Grant.objects.filter(counting(), role__in=roles, object_type="").select_related("member", "granted_by")
    return as_held(actor, rows.order_by("member__name", "id"))
