"""What would end if somebody left, and who would go on with what they had in hands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate, now

from bailiwick.kernel.access.actors import Actor, counting, roles_with
from bailiwick.kernel.access.errors import NobodyLeft
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries import list_holders, titles_of
from bailiwick.kernel.audit.queries import list_events
from bailiwick.kernel.base.errors import DomainError, NotFound
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.errors import OwnMembership
from bailiwick.kernel.identity.models import ApiKey, Member, Session, Ticket
from bailiwick.kernel.identity.queries.policies import get_policy
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.members.errors import ManagesAccess, OpensTheDoor
from bailiwick.kernel.members.manifest import OFFBOARD, REVIEW_QUEUE
from bailiwick.kernel.members.models import Invitation, ReviewedMember
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.queries import list_assigned, list_held_of, list_titles, open_items

TREE = """
WITH RECURSIVE tree AS (
    SELECT id FROM access_grant WHERE organization_id = app_organization() AND id = ANY(%s)
    UNION
    SELECT child.id FROM access_grant child JOIN tree ON child.parent_id = tree.id
     WHERE child.organization_id = app_organization())
SELECT id FROM tree
"""
SHOWN = 50
"""Of each kind so many are named; all are counted."""


@dataclass(frozen=True, slots=True)
class EndingGrant:
    """A grant that would end, with its role and what it is over in words."""

    grant: Grant
    role: str
    over: str

    @property
    def last_day(self) -> date | None:
        return last_day_of(self.grant.valid_until)


@dataclass(frozen=True, slots=True)
class Departure:
    """That somebody was let go: by whom, when and why."""

    by: Member | None
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An item that would go back to its place, with its queue and its subject in words."""

    item: WorkItem
    title: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Somebody about whom the leaver is asked in an access review, and who would be asked instead."""

    item: WorkItem
    subject: ReviewedMember
    reviewer: Member | None


@dataclass(frozen=True, slots=True)
class Leaving:
    """Everything that `offboard` would do, in the order of the page; `obstacle` says why it may not be done."""

    member: Member
    obstacle: DomainError | None
    grants: Sequence[Grant]
    passed_on: Sequence[Grant]
    held: Sequence[WorkItem]
    handed_over: Sequence[HandedOver]
    withdrawn: Sequence[WorkItem]
    sessions: int
    tickets: int
    keys: Sequence[ApiKey]
    issued_keys: int
    invitations: Sequence[Invitation]
    reports: Sequence[Member]
    successor: Member | None
    jobs: int
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether they have left, and nothing of theirs goes on."""
        return not self.member.is_active and not any(self.counts.values())


def preview_leaving(actor: Actor, member_id: UUID) -> Leaving:
    """What would end if a person left now, and what would become of the rest; needs `members.offboard`.

    Raises Forbidden, NotFound.
    """
    actor.require(OFFBOARD)
    member = Member.objects.select_related("manager").filter(id=member_id, kind=MemberKind.PERSON).first()
    if member is None:
        raise NotFound
    grants = list(unfinished().filter(member_id=member_id).order_by("id"))
    passed_on = _passed_on([grant.id for grant in grants])
    assigned = list(list_assigned(member_id).filter(queue=REVIEW_QUEUE.code))
    about = ReviewedMember.objects.filter(member_id=member_id).values("id")
    found = Leaving(
        member=member,
        obstacle=_obstacle(actor, member, [*grants, *passed_on]),
        grants=grants,
        passed_on=passed_on,
        held=list(list_held_of(member_id).filter(assignee=None)),
        handed_over=hand_over(member, assigned),
        withdrawn=list(open_items(REVIEW_QUEUE.code).filter(subject_id__in=about)),
        sessions=Session.objects.filter(member_id=member_id, ended_at=None).count(),
        tickets=Ticket.objects.filter(member_id=member_id, used_at=None, revoked_at=None, expires_at__gt=now()).count(),
        keys=list(ApiKey.objects.filter(live_keys(), member_id=member_id).order_by("id")),
        issued_keys=_count_issued(member_id),
        invitations=list(open_invitations().filter(invited_by_id=member_id)),
        reports=list(Member.objects.filter(manager_id=member_id, is_active=True).order_by("name", "id")),
        successor=successor_of(member),
        jobs=Job.objects.filter(member_id=member_id, state=JobState.WAITING).count(),
    )
    for name in ("grants", "passed_on", "held", "handed_over", "withdrawn", "keys", "invitations", "reports"):
        found.counts[name] = len(getattr(found, name))
    found.counts.update(sessions=found.sessions, tickets=found.tickets)
    return found


def _obstacle(actor: Actor, member: Member, ending: Sequence[Grant]) -> DomainError | None:
    """Why nobody may let them go now, or not this actor."""
    if actor.member_id == member.id:
        return OwnMembership()
    if get_policy().break_glass_id == member.id:
        return OpensTheDoor()
    managing = Grant.objects.filter(counting(), role__in=roles_with("access.manage"), object_type="")
    staying = managing.exclude(id__in=[grant.id for grant in ending]).values("member_id")
    if not Member.objects.filter(id__in=staying, is_active=True, kind=MemberKind.PERSON).exists():
        return NobodyLeft()
    if managing.filter(member_id=member.id).exists() and "access.manage" not in actor.rights:
        return ManagesAccess()
    return None


def unfinished() -> QuerySet[Grant]:
    """Grants that hold, wait for a second person, or are to come."""
    return Grant.objects.filter(Q(valid_until=None) | Q(valid_until__gt=now()), revoked_at=None)


def _passed_on(grant_ids: list[UUID]) -> list[Grant]:
    """What hangs on some grants, however far down."""
    with connection.cursor() as cursor:
        cursor.execute(TREE, [grant_ids])
        hanging = [grant_id for (grant_id,) in cursor.fetchall()]
    rows = unfinished().filter(id__in=hanging).exclude(id__in=grant_ids)
    return list(rows.select_related("member").order_by("member__name", "id"))


def successor_of(member: Member) -> Member | None:
    """Who looks after the people of somebody who leaves: to whom they reported themselves."""
    manager = member.manager
    return manager if manager and manager.is_active else None


def hand_over(leaver: Member, items: Sequence[WorkItem]) -> list[HandedOver]:
    """Who is asked instead of a leaver: their manager, else who started the review, else who manages access."""
    subjects = ReviewedMember.objects.select_related("member", "review__started_by")
    by_id = {subject.id: subject for subject in subjects.filter(id__in=[item.subject_id for item in items])}
    managers = list_holders("access.manage") if items else []
    found = []
    for item in items:
        subject = by_id[item.subject_id]
        candidates = (successor_of(leaver), subject.review.started_by, *managers)
        fitting = (each for each in candidates if each and each.is_active)
        reviewer = next((each for each in fitting if each.id not in (leaver.id, subject.member_id)), None)
        found.append(HandedOver(item, subject, reviewer))
    return found


def live_keys() -> Q:
    """Of keys: those that open something."""
    return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now()))


def _count_issued(member_id: UUID) -> int:
    """Keys of programs that end with whoever issued them, where the organisation wants it so."""
    if not get_policy().keys_end_with_creator:
        return 0
    return ApiKey.objects.filter(live_keys(), created_by_id=member_id).exclude(member_id=member_id).count()


def open_invitations() -> QuerySet[Invitation]:
    """Invitations that could be accepted."""
    rows = Invitation.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now())
    return rows.order_by("id")


def find_departure(member_id: UUID) -> Departure | None:
    """How somebody was let go the last time; None where a directory did it, or nobody."""
    told = list_events(member_id).filter(verb="members.member.left").last()
    if told is None:
        return None
    return Departure(Member.objects.filter(id=told.member_id).first(), told.at, told.data["reason"])


def last_day_of(ends: datetime | None) -> date | None:
    """The day at whose end something ends, where the reader is."""
    return localdate(ends - timedelta(microseconds=1)) if ends else None


def in_words(grants: Sequence[Grant]) -> list[EndingGrant]:
    """The first of some grants, with their roles and what they are over."""
    shown = grants[:SHOWN]
    roles, things = titles_of(grant.role for grant in shown), titles_over(shown)
    return [EndingGrant(grant, roles[grant.role], things.get(grant.object_id, "")) for grant in shown]


def titles_over(grants: Sequence[Grant]) -> dict[UUID | None, str]:
    """What some grants are over, in words: one statement for each kind of thing."""
    by_type: dict[str, list[UUID]] = {}
    for grant in grants:
        if grant.object_id:
            by_type.setdefault(grant.object_type, []).append(grant.object_id)
    return {key: title for kind, keys in by_type.items() for key, title in list_titles(kind, keys).items()}


def held_in_words(items: Sequence[WorkItem]) -> list[HeldItem]:
    """The first of some items, with their subjects' titles: one statement for each kind of subject."""
    shown = items[:SHOWN]
    by_type: dict[str, list[UUID]] = {}
    for item in shown:
        by_type.setdefault(item.subject_type, []).append(item.subject_id)
    titles = {key: title for kind, keys in by_type.items() for key, title in list_titles(kind, keys).items()}
    return [HeldItem(item, titles.get(item.subject_id, "")) for item in shown]
