"""The chains of grants behind a right at a moment: from a member's own grant up to who gave the first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, Model, Q, When

from bailiwick.kernel.access.actors import counting
from bailiwick.kernel.access.choices import Fault
from bailiwick.kernel.access.models import Grant, Role, RoleRights
from bailiwick.kernel.base.manifest import Grantable, registry
from bailiwick.kernel.identity.models import Member

MOST_CHAINS = 10


@dataclass(frozen=True, slots=True)
class Containing:
    """Whether a role contains a right at a moment; since when it does, or does not any more, and by whose word.

    `set_by` is None where the product declares it so.
    """

    role: Role
    is_contained: bool
    since: datetime
    set_by: Member | None


@dataclass(frozen=True, slots=True)
class Link:
    """A grant with the names of those who had to do with it."""

    grant: Grant
    title: str
    holder: str
    giver: str | None
    approver: str | None
    ender: str | None

    @property
    def grantable(self) -> Grantable | None:
        """The kind of row that the grant is over."""
        return registry().grantables.get(self.grant.object_type)


@dataclass(frozen=True, slots=True)
class Chain:
    """A member's own grant, what it was passed on from up to the first, and why it does not give the right, if so."""

    content: Containing
    links: list[Link]
    fault: Fault | None

    @property
    def own(self) -> Link:
        return self.links[0]

    @property
    def parents(self) -> list[Link]:
        return self.links[1:]


def contents_with(right: str, at: datetime) -> dict[str, Containing]:
    """By code: every role that contains a right at a moment, or did before."""
    ever = RoleRights.objects.filter(rights__contains=[right], valid_from__lte=at).values("role_id")
    versions = RoleRights.objects.filter(role__in=ever, valid_from__lte=at).select_related("role", "set_by")
    by_code: dict[str, list[RoleRights]] = {}
    for version in versions.order_by("role_id", "valid_from", "id"):
        by_code.setdefault(version.role.code, []).append(version)
    return {code: _content(right, each, at) for code, each in by_code.items()}


def _content(right: str, versions: list[RoleRights], at: datetime) -> Containing:
    """By the last version, and by the one with which it came to be so."""
    last = versions[-1]
    if last.valid_until is not None and last.valid_until <= at:
        return Containing(last.role, False, last.valid_until, None)
    is_contained, first = right in last.rights, last
    for version in reversed(versions):
        if (right in version.rights) != is_contained:
            break
        first = version
    return Containing(last.role, is_contained, first.valid_from, first.set_by)


TREES = """
WITH RECURSIVE own AS ({own}),
tree AS (
    SELECT access_grant.* FROM access_grant JOIN own ON own.id = access_grant.id
    UNION
    SELECT parent.* FROM access_grant parent JOIN tree ON tree.parent_id = parent.id
     WHERE parent.organization_id = app_organization())
SELECT tree.*, own.gives, own.reaches,
       holder.name AS holder, giver.name AS giver, approver.name AS approver, ender.name AS ender
  FROM tree
  LEFT JOIN own ON own.id = tree.id
  JOIN identity_member holder ON holder.organization_id = tree.organization_id AND holder.id = tree.member_id
  LEFT JOIN identity_member giver ON giver.organization_id = tree.organization_id AND giver.id = tree.granted_by_id
  LEFT JOIN identity_member approver
         ON approver.organization_id = tree.organization_id AND approver.id = tree.approved_by_id
  LEFT JOIN LATERAL (
       SELECT event.member_id FROM audit_event event
        WHERE event.organization_id = tree.organization_id AND event.subject_id = tree.id
          AND event.verb = 'access.grant.ended'
        ORDER BY event.id DESC LIMIT 1) ended ON tree.revoked_at IS NOT NULL
  LEFT JOIN identity_member ender ON ender.organization_id = tree.organization_id AND ender.id = ended.member_id
 ORDER BY own.gives DESC NULLS LAST, own.reaches DESC, tree.id DESC
"""


def reaching(over: Model | None) -> Q:
    """Of grants: those over the organisation, and over an object where one is given."""
    whole = Q(object_type="")
    return whole | Q(object_type=over._meta.label_lower, object_id=over.pk) if over is not None else whole


def list_chains(member_id: UUID, contents: dict[str, Containing], over: Model | None, at: datetime) -> list[Chain]:
    """A member's grants of some roles: those that give the right at a moment first, then the nearest, ten at most."""
    if not contents:
        return []
    current = [code for code, content in contents.items() if content.is_contained]
    reaches = reaching(over)
    own = Grant.objects.filter(member_id=member_id, role__in=list(contents), created_at__lte=at).annotate(
        reaches=Case(When(reaches, then=True), default=False),
        gives=Case(When(reaches & counting(at) & Q(role__in=current), then=True), default=False),
    )
    nearest = own.order_by(F("gives").desc(), F("reaches").desc(), "-id").values("id", "gives", "reaches")
    sql, params = nearest[:MOST_CHAINS].query.sql_with_params()
    # Put together from texts of ours: what somebody asked for comes as parameters.
    grants = list(Grant.objects.raw(TREES.format(own=sql), params))
    links = {grant.id: _link(grant, contents[grant.role].role) for grant in grants}
    return [
        Chain(contents[grant.role], list(_upwards(links, grant)), _fault(grant, at))
        for grant in grants
        if vars(grant)["gives"] is not None
    ]


def _link(grant: Grant, role: Role) -> Link:
    named = vars(grant)
    return Link(grant, str(role), named["holder"], named["giver"], named["approver"], named["ender"])


def _upwards(links: dict[UUID, Link], grant: Grant) -> Iterator[Link]:
    key: UUID | None = grant.id
    while key is not None:
        yield links[key]
        key = links[key].grant.parent_id


def _fault(grant: Grant, at: datetime) -> Fault | None:
    """The first that applies; the statement has said whether any does."""
    if vars(grant)["gives"]:
        return None
    faults = {
        Fault.ENDED: grant.revoked_at is not None and grant.revoked_at <= at,
        Fault.OVER: grant.valid_until is not None and grant.valid_until <= at,
        Fault.WAITS: grant.approved_at is None or grant.approved_at > at,
        Fault.TO_COME: grant.valid_from > at,
        Fault.ELSEWHERE: not vars(grant)["reaches"],
    }
    return next((fault for fault, applies in faults.items() if applies), Fault.ROLE)
