"""Why somebody may, or may not: now, or at a moment that has passed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Model, OuterRef, Q, Subquery
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor, counting, roles_with
from bailiwick.kernel.access.choices import Obstacle
from bailiwick.kernel.access.models import Grant, Role
from bailiwick.kernel.access.queries.chains import Chain, contents_with, list_chains, reaching
from bailiwick.kernel.access.queries.roles import in_order
from bailiwick.kernel.audit.models import Change
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import Right, registry
from bailiwick.kernel.identity.models import Member

EXPLAIN = "access.explain"
MOST_TO_CHOOSE = 200
FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
"""Before it there is nothing to ask about, and soon no day in some time zones."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a member has a right over something at a moment, through which chains, and what stands in between.

    `misses` are grants that do not give it, with why not; `helpers` could give it now. Without `over` it is about the
    whole organisation.
    """

    member: Member
    right: Right
    over: Model | None
    at: datetime
    is_past: bool
    is_own: bool
    obstacle: Obstacle | None
    roles: list[Role]
    chains: list[Chain]
    misses: list[Chain]
    helpers: list[Member]

    @property
    def is_allowed(self) -> bool:
        return bool(self.chains) and self.obstacle is None

    @property
    def over_key(self) -> str:
        """What it is over as it stands in addresses, where it can be asked about there."""
        label = self.over._meta.label_lower if self.over else ""
        return f"{label}:{self.over.pk}" if self.over and label in registry().grantables else ""


def explain(
    actor: Actor, member_id: UUID, right: str, over: Model | None = None, at: datetime | None = None
) -> Explanation:
    """Why a member may or may not; worked out from grants, roles and the trail as they were, never stored.

    Everybody asks about themselves; about others it takes `access.explain`. Raises InvalidInput for a right that
    nobody declares or a moment to come, NotFound for a stranger.
    """
    is_own = member_id == actor.member_id
    if not is_own:
        actor.require(EXPLAIN)
    moment = now()
    if right not in registry().rights:
        raise InvalidInput({"right": [_("There is no right “{right}”.").format(right=right)]})
    if at is not None and not FIRST_MOMENT <= at <= moment:
        raise InvalidInput({"at": [_("Ask about now, or about a moment that has passed.")]})
    is_past, at = at is not None, at or moment
    member = _member(member_id, at)
    contents = contents_with(right, at)
    every = list_chains(member_id, contents, over, at)
    chains = [chain for chain in every if chain.fault is None]
    is_cut = is_own and not is_past and bool(chains) and not actor.may_over_some(right)
    obstacle = Obstacle.KEY if is_cut else _obstacle(member, at, is_past=is_past)
    codes = [code for code, content in contents.items() if content.is_contained]
    return Explanation(
        member=member,
        right=registry().rights[right],
        over=over,
        at=at,
        is_past=is_past,
        is_own=is_own,
        obstacle=obstacle,
        roles=in_order(contents[code].role for code in codes),
        chains=chains,
        misses=[] if chains else every,
        helpers=[] if chains or obstacle or is_past else list_helpers(codes, over),
    )


def _member(member_id: UUID, at: datetime) -> Member:
    """The member, with `was_active`: what the first change after the moment found, if there was one."""
    later = Change.objects.filter(
        row_id=OuterRef("id"), operation="UPDATE", at__gt=at, columns__has_key="is_active"
    ).order_by("id")
    rows = Member.objects.select_related("user").filter(id=member_id)
    member = rows.annotate(found=Subquery(later.values("columns__is_active__0")[:1])).first()
    if member is None:
        raise NotFound
    return member


def _obstacle(member: Member, at: datetime, *, is_past: bool) -> Obstacle | None:
    """What the organisation's own trail and rows say; of a person's account they know the present only."""
    found = vars(member)["found"]
    if member.joined_at > at:
        return Obstacle.NOT_YET
    if not (member.is_active if found is None else found):
        return Obstacle.LEFT
    if not is_past and member.user is not None and not member.user.is_active:
        return Obstacle.CLOSED
    return None


def list_members_to_ask_about(actor: Actor, asked: UUID) -> list[Member]:
    """Whom an actor may ask about, by name: 200 at most, and always the one who is asked about."""
    if not actor.may(EXPLAIN):
        return list(Member.objects.filter(id=actor.member_id))
    rows = Member.objects.order_by("name", "id")
    first = list(rows[:MOST_TO_CHOOSE])
    return first if any(each.id == asked for each in first) else [*first, *rows.filter(id=asked)]


def list_helpers(roles: Iterable[str], over: Model | None = None) -> list[Member]:
    """Members who could give one of these roles: managers of access, and holders of a passable grant; at most 5."""
    can_pass = reaching(over) & Q(role__in=roles, is_passable=True)
    can_give = Q(role__in=roles_with("access.manage"), object_type="") | can_pass
    grants = Grant.objects.filter(can_give, counting(), is_deputy=False).values("member_id")
    return list(Member.objects.filter(id__in=grants, is_active=True).order_by("name", "id")[:5])
