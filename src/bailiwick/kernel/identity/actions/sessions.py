"""The life of a session: whatever way somebody comes in, it begins here."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef, Authority
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.choices import Credential, Method, SessionEnd, SessionKind
from bailiwick.kernel.identity.errors import ConfinedHere, InvalidToken, MethodNotTaken, StepUpNeeded, TokenReplayed
from bailiwick.kernel.identity.models import Member, Session, User
from bailiwick.kernel.identity.queries import Membership, find_place, get_policy, get_session, list_memberships
from bailiwick.kernel.tenancy.scope import enter

KEPT = timedelta(days=90)
"""How long a session that is over is shown to its person."""


def open_session(
    *,
    user: User,
    membership: Membership,
    kind: str,
    method: str,
    is_confined: bool = False,
    provider_id: UUID | None = None,
    agent: str = "",
    address: str | None = None,
    request_id: str,
) -> Session:
    """Let a person in whose proof has been checked; ends their oldest session where there are too many.

    Whether the organisation takes the method is asked of the row, at every request.
    """
    organization_id, member_id = membership.organization_id, membership.member_id
    with enter(organization_id, member_id=member_id, user_id=user.id, request_id=request_id):
        User.objects.filter(id=user.id).update(last_login=Now())
        actor = ActorRef(organization_id, member_id, _credential(kind), user.id)
        session = _write_session(
            actor,
            Session(
                user_id=user.id,
                member_id=member_id,
                kind=kind,
                method=method,
                is_confined=is_confined,
                provider_id=provider_id,
                agent=agent,
                address=address,
            ),
        )
        record(actor, "identity.sign_in.succeeded", user, {"credential": actor.credential, "method": str(method)})
        return session


def _credential(kind: str) -> str:
    return Credential.TOKEN if kind == SessionKind.TOKEN else Credential.SESSION


def _write_session(actor: ActorRef, session: Session) -> Session:
    Member.objects.filter(id=session.member_id).update(last_used_at=Now())  # two at once wait here for each other
    policy = get_policy()
    if policy.most_sessions:
        _make_room(actor, session.member_id, policy.most_sessions)
    if session.kind == SessionKind.TOKEN:
        session.refresh_number = uuid4()
    session.save(force_insert=True)
    if policy.break_glass_id == session.member_id and session.method not in policy.methods:
        record(actor, "identity.break_glass.used", policy, {"method": str(session.method)})
    return session


def _make_room(actor: ActorRef, member_id: UUID, most: int) -> None:
    own = Session.objects.filter(member_id=member_id, ended_at=None).order_by("-last_used_at", "id")
    crowded = list(own.values_list("id", flat=True)[most - 1 :])
    if crowded:
        Session.objects.filter(id__in=crowded).update(ended_at=Now(), end=SessionEnd.CROWDED)
        _record_end(actor, SessionEnd.CROWDED, len(crowded))


def _record_end(actor: ActorRef, why: str, count: int, *, everywhere: bool = False) -> None:
    assert actor.user_id, "only a person has sessions"
    data = {"credential": actor.credential, "why": str(why), "count": count, "everywhere": everywhere}
    record(actor, "identity.session.ended", User(id=actor.user_id), data)


def end_session(actor: Authority, session_id: UUID, *, why: str = SessionEnd.ENDED) -> None:
    """End a session of one's own, whichever organisation it is of; raises NotFound for any other."""
    place = find_place(session_id)
    if place is None or actor.session_id is None or place.user_id != actor.user_id:
        raise NotFound
    if actor.is_confined and place.organization_id != actor.organization_id:
        raise NotFound
    with enter(place.organization_id, member_id=place.member_id, user_id=place.user_id):
        if not Session.objects.filter(id=session_id, ended_at=None).update(ended_at=Now(), end=why):
            raise NotFound
        _record_end(ActorRef(place.organization_id, place.member_id, actor.credential, place.user_id), why, 1)


def end_own_sessions(actor: Authority, *, kept: UUID | None = None, why: str = SessionEnd.ENDED) -> int:
    """End all sessions of whoever acts but one; a confined session reaches its own organisation's alone."""
    assert actor.user_id, "only a person has sessions"
    place = actor.organization_id if actor.is_confined else None
    with transaction.atomic(savepoint=False):
        count = end_sessions_of_person(user_id=actor.user_id, why=why, kept=kept, place=place)
        _record_end(actor.ref, why, count, everywhere=kept is None)
        return count


def end_sessions_of_person(*, user_id: UUID, why: str, kept: UUID | None = None, place: UUID | None = None) -> int:
    """End a person's sessions but one, in one organisation or in all; whoever calls records why."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_end_sessions(%s, %s, %s, %s)", [user_id, kept, place, str(why)])
        return int(cursor.fetchone()[0])


def switch_session(actor: Authority, *, member_id: UUID, caller: Caller, request_id: str) -> Session:
    """Go on in another organisation, as whoever one has proved to be; the session here ends.

    Raises NotFound where one is no member, ConfinedHere, MethodNotTaken with what the other organisation asks for.
    """
    assert actor.user_id, "only a person works in several organisations"
    chosen = next((each for each in list_memberships(actor.user_id) if each.member_id == member_id), None)
    if chosen is None:
        raise NotFound
    with transaction.atomic(savepoint=False):
        here = get_session(actor)
        if chosen.organization_id == actor.organization_id:
            return here
        if here.is_confined:
            raise ConfinedHere
        if not chosen.takes(here.method):
            raise _not_taken(chosen)
        if not Session.objects.filter(id=here.id, ended_at=None).update(ended_at=Now(), end=SessionEnd.SWITCHED):
            raise NotFound
        with enter(chosen.organization_id, member_id=member_id, user_id=actor.user_id, request_id=request_id):
            ref = ActorRef(chosen.organization_id, member_id, actor.credential, actor.user_id)
            there = Session(
                user_id=actor.user_id,
                member_id=member_id,
                kind=here.kind,
                method=here.method,
                agent=caller.agent,
                address=caller.address,
                started_at=here.started_at,
                authenticated_at=here.authenticated_at,
            )
            session = _write_session(ref, there)
            record(ref, "identity.session.switched", User(id=actor.user_id), {"method": here.method})
            return session


def _not_taken(membership: Membership) -> MethodNotTaken:
    asked = [each for each in Method if membership.takes(each)]
    sentence = _("%(name)s asks for another way of signing in: %(methods)s. Sign out, and come in by it.")
    methods = ", ".join(str(each.label) for each in asked)
    words = {"name": membership.organization_name, "methods": methods}
    return MethodNotTaken(sentence % words, asked=[each.value for each in asked], organization=membership.slug)


def rotate_refresh(actor: Authority, number: UUID) -> UUID:
    """Use up a refresh token of the session in which somebody acts, and number the next.

    Raises InvalidToken, and TokenReplayed for one that was used before: then the family is to be ended.
    """
    with transaction.atomic(savepoint=False):
        session = Session.objects.select_for_update().filter(id=actor.session_id, ended_at=None).first()
        if session is None:
            raise InvalidToken
        if session.refresh_number != number:
            raise TokenReplayed(session_id=session.id)
        following = uuid4()
        Session.objects.filter(id=session.id).update(refresh_number=following, last_used_at=Now())
        return following


def end_replayed_session(*, session_id: UUID, request_id: str) -> None:
    """End a family of tokens of which one was presented twice, once the request has been rolled back."""
    place = find_place(session_id)
    if place is None:
        return
    with enter(place.organization_id, member_id=place.member_id, user_id=place.user_id, request_id=request_id):
        if Session.objects.filter(id=session_id, ended_at=None).update(ended_at=Now(), end=SessionEnd.REPLAYED):
            actor = ActorRef(place.organization_id, place.member_id, Credential.SYSTEM, place.user_id)
            record(actor, "identity.session.replayed", User(id=place.user_id))


def remove_old_sessions() -> int:
    """In the organisation in scope: drop sessions that nobody has used for long."""
    dropped, _by_model = Session.objects.filter(last_used_at__lt=now() - KEPT, started_at__lt=now() - KEPT).delete()
    return dropped


def require_fresh(actor: Authority) -> None:
    """Raises StepUpNeeded when the policy wants a newer proof of who acts than their session has.

    Programs have no session: what they may is in their key.
    """
    if actor.authenticated_at is None:
        return
    most = get_policy().step_up
    if most is not None and not is_fresh(actor.authenticated_at, most):
        raise StepUpNeeded


def is_fresh(authenticated_at: datetime, most: int) -> bool:
    """Whether a proof is at most that many seconds old."""
    return now() - authenticated_at <= timedelta(seconds=most)
