"""How somebody comes to their first key: registered by a key manager, let in by a ticket, once."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.timezone import now

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef, Authority
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.actions.passkeys import Answer, enrol_passkey
from bailiwick.kernel.identity.actions.people import add_member
from bailiwick.kernel.identity.actions.sessions import open_session, require_fresh
from bailiwick.kernel.identity.actions.signing_in import Entered
from bailiwick.kernel.identity.actions.ways import lock_person
from bailiwick.kernel.identity.choices import Credential, MemberKind, Method, SessionKind
from bailiwick.kernel.identity.errors import PersonNeeded, RecoveryNeeded, TicketNotValid
from bailiwick.kernel.identity.keys import key_digest
from bailiwick.kernel.identity.manifest import REGISTER
from bailiwick.kernel.identity.models import Member, Recovery, Ticket, User
from bailiwick.kernel.identity.queries.enrolment import (
    find_invitation,
    find_ticket,
    latest_recovery,
    needs_recovery,
)
from bailiwick.kernel.identity.rules.codes import new_code
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter

TICKET_LIFE = timedelta(hours=24)


def add_registered(
    actor: Authority, *, first_name: str, last_name: str, email: str = "", department: str = ""
) -> Member:
    """A new person whom a code names, of whom nobody has a password, and their membership.

    Somebody of the same mail address is never looked for: it may be a person of another organisation.
    """
    actor.require(REGISTER)
    require_key_manager(actor)
    with transaction.atomic(savepoint=False):
        code = new_code()
        user = User(username=code, user_code=code, first_name=first_name, last_name=last_name, email=email)
        user.set_unusable_password()
        user.save()
        member = add_member(
            actor.ref, name=user.full_name, kind=MemberKind.PERSON, user_id=user.id, department=department
        )
        record(actor.ref, "identity.person.registered", member, {"code": code})
        return member


def require_key_manager(actor: Authority) -> None:
    """A person who proved lately who they are: a program of theirs would be the second of two people."""
    if actor.user_id is None or actor.credential == Credential.KEY:
        raise PersonNeeded
    require_fresh(actor)


def make_ticket(*, actor: Authority, member_id: UUID) -> tuple[Ticket, str]:
    """A ticket for somebody who has not come in yet, and its secret, which is returned here and nowhere else.

    Any ticket of theirs from before is revoked. Raises RecoveryNeeded for somebody who has come in: one key manager
    alone could else enrol a key of their own for them. Raises NotFound.
    """
    actor.require(REGISTER)
    with transaction.atomic(savepoint=False):
        member = lock_member(member_id)
        require_key_manager(actor)
        if needs_recovery(member):
            raise RecoveryNeeded
        return write_ticket(actor, member, latest_recovery(member))


def lock_member(member_id: UUID) -> Member:
    """A person of this organisation, whose tickets and recoveries are made one at a time; raises NotFound."""
    people = Member.objects.select_for_update().filter(kind=MemberKind.PERSON, is_active=True)
    member = people.filter(id=member_id).first()
    if member is None:
        raise NotFound
    return member


def write_ticket(actor: Authority, member: Member, recovery: Recovery | None) -> tuple[Ticket, str]:
    """A ticket in place of whatever the person had."""
    revoke_tickets(actor, member)
    secret = secrets.token_urlsafe(32)
    ticket = Ticket.objects.create(
        member=member,
        recovery=recovery,
        digest=key_digest(secret),
        made_by_id=actor.member_id,
        expires_at=now() + TICKET_LIFE,
    )
    ticket.refresh_from_db()
    record(actor.ref, "identity.ticket.made", ticket, {"member": str(member.id)})
    return ticket, secret


def revoke_tickets(actor: Authority, member: Member) -> None:
    """End the tickets of a person that could still be used."""
    for ticket in Ticket.objects.select_for_update().filter(member_id=member.id, used_at=None, revoked_at=None):
        Ticket.objects.filter(id=ticket.id).update(revoked_at=Now())
        record(actor.ref, "identity.ticket.revoked", ticket, {"member": str(member.id)})


def revoke_ticket(*, actor: Authority, ticket_id: UUID) -> Ticket:
    """End a ticket now; one that was used, or revoked before, stays as it is. Raises NotFound."""
    actor.require(REGISTER)
    with transaction.atomic(savepoint=False):
        ticket = Ticket.objects.select_for_update().filter(id=ticket_id).first()
        if ticket is None:
            raise NotFound
        require_key_manager(actor)
        if ticket.used_at is None and ticket.revoked_at is None:
            Ticket.objects.filter(id=ticket.id).update(revoked_at=Now())
            record(actor.ref, "identity.ticket.revoked", ticket, {"member": str(ticket.member_id)})
        return ticket


def enrol(*, secret: str, name: str, answer: Answer, caller: Caller, request_id: str) -> Entered:
    """Use a ticket up: the key that was made opens its organisation, and its holder is in.

    Raises TicketNotValid, InvalidInput naming the field, PasskeyNotTaken; of two who come at once, one is let in.
    """
    place = find_ticket(secret)
    if place is None:
        raise TicketNotValid
    with enter(place.organization_id, member_id=place.member_id, request_id=request_id):
        Member.objects.select_for_update().get(id=place.member_id)
        invitation = find_invitation(place)
        unused = Ticket.objects.filter(id=place.ticket_id, used_at=None, revoked_at=None)
        if invitation is None or not unused.update(used_at=Now()):
            raise TicketNotValid(organization_id=place.organization_id, ticket_id=place.ticket_id)
        user, membership = invitation.user, invitation.membership
        actor = ActorRef(place.organization_id, place.member_id, Credential.SYSTEM, user.id)
        record(actor, "identity.ticket.used", invitation.ticket)
        lock_person(user.id)
        enrol_passkey(actor, user_id=user.id, only_in=place.organization_id, name=name, answer=answer)
    session = open_session(
        user=user,
        membership=membership,
        kind=SessionKind.BROWSER,
        method=Method.PASSKEY,
        is_confined=True,
        agent=caller.agent,
        address=caller.address,
        request_id=request_id,
    )
    return Entered(user, membership, session)


def record_refused_ticket(*, organization_id: UUID | None, ticket_id: UUID | None, request_id: str) -> None:
    """Record that somebody came with a ticket that is none, once the request has been rolled back."""
    place = organization_id or get_installation_id()
    with enter(place, request_id=request_id):
        subject = Ticket(id=ticket_id) if ticket_id else Organization(id=place)
        record(ActorRef(place, None, Credential.SYSTEM), "identity.ticket.refused", subject)
