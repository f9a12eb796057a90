"""The people of an organisation as its key managers see them: who has come in, who still waits for a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.choices import MemberKind, Method, PersonState
from bailiwick.kernel.identity.keys import key_digest
from bailiwick.kernel.identity.manifest import RECOVER, REGISTER, SEE_PEOPLE
from bailiwick.kernel.identity.models import Member, Passkey, Recovery, Session, Ticket, User
from bailiwick.kernel.identity.queries.people import Membership, list_memberships
from bailiwick.kernel.identity.queries.policies import get_policy
from bailiwick.kernel.identity.rules.codes import read_code
from bailiwick.kernel.tenancy.scope import enter


@dataclass(frozen=True, slots=True)
class Standing:
    """A person of the organisation, with how they last came in and what is on its way for them."""

    member: Member
    session: Session | None
    ticket: Ticket | None
    recovery: Recovery | None

    @property
    def pk(self) -> UUID:
        return self.member.pk

    @property
    def state(self) -> PersonState:
        if not self.member.is_active:
            return PersonState.INACTIVE
        if self.recovery:
            return PersonState.LOST
        if self.ticket:
            return PersonState.TICKET
        return PersonState.IN if self.member.last_used_at else PersonState.NEW


@dataclass(frozen=True, slots=True)
class TicketPlace:
    """Whose ticket it is, and in which organisation."""

    organization_id: UUID
    ticket_id: UUID
    member_id: UUID


@dataclass(frozen=True, slots=True)
class Invitation:
    """A ticket that lets somebody in, and whom."""

    ticket: Ticket
    user: User
    membership: Membership


def list_people(actor: Authority) -> QuerySet[Member]:
    """Everybody who is a person, for whoever registers people, gives them roles or lets them go."""
    if actor.rights.isdisjoint(SEE_PEOPLE):
        actor.require(REGISTER)
    return Member.objects.filter(kind=MemberKind.PERSON).select_related("user", "manager")


def narrow_people(rows: QuerySet[Member], *, text: str = "", state: str = "") -> QuerySet[Member]:
    """Those whose name or department has a text in it, or whose user code it is; those of a state."""
    if text:
        named = Q(name__icontains=text) | Q(department__icontains=text)
        code = read_code(text)
        rows = rows.filter(named | Q(user__user_code=code) if code else named)
    if not state:
        return rows
    has_ticket, has_recovery = (
        Exists(each.filter(member_id=OuterRef("id"))) for each in (open_tickets(), open_recoveries())
    )
    if state == PersonState.INACTIVE:
        return rows.filter(is_active=False)
    rows = rows.filter(is_active=True)
    match state:
        case PersonState.LOST:
            return rows.filter(has_recovery)
        case PersonState.TICKET:
            return rows.filter(has_ticket).exclude(has_recovery)
        case PersonState.NEW:
            return rows.filter(last_used_at=None).exclude(has_ticket).exclude(has_recovery)
    return rows.exclude(last_used_at=None).exclude(has_ticket).exclude(has_recovery)


def open_tickets() -> QuerySet[Ticket]:
    """Tickets that can be used."""
    return Ticket.objects.filter(used_at=None, revoked_at=None, expires_at__gt=now())


def open_recoveries() -> QuerySet[Recovery]:
    """Recoveries that nobody has decided."""
    return Recovery.objects.filter(decided_at=None)


def standings_of(members: Sequence[Member]) -> list[Standing]:
    """Where each of some people stands, in three statements for all of them."""
    ids = [member.id for member in members]
    sessions = Session.objects.filter(member_id__in=ids).order_by("member_id", "-started_at").distinct("member_id")
    last, tickets, recoveries = (
        {each.member_id: each for each in rows}
        for rows in (sessions, open_tickets().filter(member_id__in=ids), open_recoveries().filter(member_id__in=ids))
    )
    return [
        Standing(member, last.get(member.id), tickets.get(member.id), recoveries.get(member.id))  # type: ignore[arg-type]
        for member in members
    ]


def get_standing(actor: Authority, member_id: UUID) -> Standing:
    """One person; raises NotFound."""
    member = list_people(actor).filter(id=member_id).first()
    if member is None:
        raise NotFound
    return standings_of([member])[0]


def list_keys_of(member: Member) -> list[Passkey]:
    """The keys that this organisation's tickets enrolled for a person; their own are their own business."""
    return list(Passkey.objects.filter(user_id=str(member.user_id), only_in=member.organization_id).order_by("-id"))


def list_tickets_of(member: Member) -> list[Ticket]:
    """The last tickets of a person, newest first."""
    return list(
        Ticket.objects.filter(member_id=member.id).select_related("made_by").order_by("-created_at", "-id")[:10]
    )


def list_recoveries(actor: Authority) -> QuerySet[Recovery]:
    """Lost keys, for whoever asks for recoveries or decides them."""
    if not actor.may(REGISTER):
        actor.require(RECOVER)
    return Recovery.objects.select_related("member", "asked_by", "decided_by")


def get_recovery(actor: Authority, recovery_id: UUID) -> Recovery:
    """One of them; raises NotFound."""
    recovery = list_recoveries(actor).filter(id=recovery_id).first()
    if recovery is None:
        raise NotFound
    return recovery


def latest_recovery(member: Member) -> Recovery | None:
    """The one that was approved last."""
    return Recovery.objects.filter(member_id=member.id, is_approved=True).order_by("-decided_at").first()


def needs_recovery(member: Member) -> bool:
    """Whether a way in is theirs already, or was since their last recovery: then one key manager is not enough."""
    recovery = latest_recovery(member)
    since = recovery.decided_at if recovery else None
    if member.last_used_at is not None and (since is None or member.last_used_at > since):
        return True
    keys = Passkey.objects.filter(user_id=str(member.user_id), revoked_at=None)
    if recovery is not None:
        return keys.filter(only_in=member.organization_id).exists()
    has_password = User.objects.get(id=str(member.user_id)).has_usable_password()
    opens = not {Method.PASSWORD, Method.TWO_FACTOR}.isdisjoint(get_policy().methods)
    return (has_password and opens) or keys.filter(Q(only_in=None) | Q(only_in=member.organization_id)).exists()


def get_ticket_holder(actor: Authority, member_id: UUID) -> Member:
    """For whom a ticket was just made; raises NotFound."""
    if not actor.may(REGISTER):
        actor.require(RECOVER)
    member = Member.objects.filter(kind=MemberKind.PERSON, id=member_id).select_related("user").first()
    if member is None:
        raise NotFound
    return member


def find_ticket(secret: str) -> TicketPlace | None:
    """Needs no scope: what it finds is where to go on. It may have been used, or have run out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM identity_ticket(%s)", [key_digest(secret)])
        row = cursor.fetchone()
        return TicketPlace(*row) if row else None


def find_invitation(place: TicketPlace) -> Invitation | None:
    """Whom a ticket lets in, if it does still; enters the scope of its organisation."""
    with enter(place.organization_id):
        ticket = open_tickets().filter(id=place.ticket_id).select_related("member__user").first()
        user = ticket.member.user if ticket else None
    if ticket is None or user is None or not user.is_active:
        return None
    membership = next((each for each in list_memberships(user.id) if each.member_id == place.member_id), None)
    return Invitation(ticket, user, membership) if membership else None


def is_elsewhere(user_id: UUID, organization_id: UUID) -> bool:
    """Whether a person is, or was, a member of any other organisation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_is_elsewhere(%s, %s)", [user_id, organization_id])
        return bool(cursor.fetchone()[0])
