"""Inviting people, and joining by invitation."""

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions import give_grant
from bailiwick.kernel.access.actions.standing import require_giving
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.entry import enter_as_member
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.identity.actions.people import add_member, make_account
from bailiwick.kernel.identity.actions.sessions import require_fresh
from bailiwick.kernel.identity.choices import Credential, MemberKind
from bailiwick.kernel.identity.keys import key_digest
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.members.choices import InvitationState
from bailiwick.kernel.members.errors import AlreadyMember, InvitationClosed, InvitationNotValid, JoinConfined, WasMember
from bailiwick.kernel.members.manifest import INVITE
from bailiwick.kernel.members.models import Invitation
from bailiwick.kernel.members.queries.invitations import get_invitation, open_invitation
from bailiwick.kernel.tenancy.scope import enter

LIFE = timedelta(days=7)


def invite(
    *, actor: Actor, email: str, name: str, department: str = "", role: str = "", role_until: datetime | None = None
) -> Invitation:
    """Ask somebody to join; the link is made by `renew_link`. Raises StepUpNeeded, GrantTooWide, InvalidInput."""
    actor.require(INVITE)
    require_fresh(actor)
    with transaction.atomic(savepoint=False):
        name = " ".join(name.split())
        _check(email, name, role_until)
        if role:
            require_giving(actor, role)
        invitation = Invitation.objects.create(
            email=email,
            name=name,
            department=department,
            role=role,
            role_until=role_until,
            digest=secrets.token_bytes(32),  # of a link that nobody has
            invited_by_id=actor.member_id,
            expires_at=now() + LIFE,
        )
        invitation.refresh_from_db()
        record(actor.ref, "members.invitation.sent", invitation, {"role": role})
        return invitation


def _check(email: str, name: str, role_until: datetime | None) -> None:
    faults = {}
    with suppress(ValidationError):
        validate_email(email)
        email = ""
    if email:
        faults["email"] = [_("This is no mail address.")]
    if not name or len(name) > 200 or not name.isprintable():
        faults["name"] = [_("Give a name of at most 200 characters.")]
    if role_until is not None and role_until <= now():
        faults["role_until"] = [_("A grant ends after it begins.")]
    if faults:
        raise InvalidInput(faults)


def renew_link(invitation_id: UUID, *, is_mailed: bool) -> str:
    """The secret of a new link, good for a week from now; the one before opens nothing any more.

    For whoever has checked who asks: the job that mails it, or `show_link`. Raises InvitationClosed.
    """
    with transaction.atomic(savepoint=False):
        invitation = Invitation.objects.select_for_update().get(id=invitation_id)
        if invitation.state not in (InvitationState.OPEN, InvitationState.EXPIRED):
            raise InvitationClosed
        secret = secrets.token_urlsafe(32)
        Invitation.objects.filter(id=invitation_id).update(
            digest=key_digest(secret), expires_at=now() + LIFE, is_mailed=is_mailed
        )
        return secret


def show_link(*, actor: Actor, invitation_id: UUID) -> str:
    """The secret of a new link, for who invites to hand over themselves.

    Raises StepUpNeeded, InvitationClosed, NotFound.
    """
    invitation = get_invitation(actor, invitation_id)
    require_fresh(actor)
    with transaction.atomic(savepoint=False):
        secret = renew_link(invitation.id, is_mailed=False)
        record(actor.ref, "members.invitation.renewed", invitation, {})
        return secret


def withdraw_invitation(*, actor: Actor, invitation_id: UUID) -> Invitation:
    """Its link opens nothing any more; withdrawing twice changes nothing. Raises InvitationClosed, NotFound."""
    get_invitation(actor, invitation_id)
    with transaction.atomic(savepoint=False):
        invitation = Invitation.objects.select_for_update().get(id=invitation_id)
        if invitation.state == InvitationState.ACCEPTED:
            raise InvitationClosed
        if invitation.withdrawn_at is None:
            Invitation.objects.filter(id=invitation_id).update(withdrawn_at=Now())
            record(actor.ref, "members.invitation.withdrawn", invitation, {})
            invitation.refresh_from_db()
        return invitation


def join_as(*, actor: Actor, secret: str, request_id: str) -> Member:
    """Join with the account that one has. Raises InvitationNotValid, AlreadyMember, WasMember, JoinConfined."""
    if not actor.is_person or actor.user_id is None or actor.session_id is None or actor.is_confined:
        raise JoinConfined
    with transaction.atomic():
        return _join(secret, actor.user_id, request_id)


def join_anew(*, secret: str, login: str, password: str, first_name: str, last_name: str, request_id: str) -> User:
    """Make an account, and join with it; the address of a mailed invitation is confirmed by it.

    Raises InvitationNotValid, InvalidInput.
    """
    with transaction.atomic():
        invitation = open_invitation(secret).invitation
        user = make_account(
            login=login,
            password=password,
            first_name=first_name,
            last_name=last_name,
            email=invitation.email,
            is_confirmed=invitation.is_mailed,
        )
        _join(secret, user.id, request_id)
        return user


def _join(secret: str, user_id: UUID, request_id: str) -> Member:
    opened = open_invitation(secret)
    with enter(opened.organization.id, user_id=user_id, request_id=request_id):
        # Of two that come at once with one link the second finds it used.
        invitation = Invitation.objects.select_for_update().get(id=opened.invitation.id)
        if invitation.state != InvitationState.OPEN or bytes(invitation.digest) != key_digest(secret):
            raise InvitationNotValid
        if present := Member.objects.filter(user_id=user_id).first():
            raise AlreadyMember if present.is_active else WasMember
        system = ActorRef(opened.organization.id, None, Credential.SYSTEM, user_id)
        member = add_member(
            system, name=invitation.name, kind=MemberKind.PERSON, user_id=user_id, department=invitation.department
        )
        Invitation.objects.filter(id=invitation.id).update(accepted_at=Now(), member_id=member.id)
        is_given = bool(invitation.role) and _give_role(invitation, member, request_id)
        ref = ActorRef(opened.organization.id, member.id, Credential.SYSTEM, user_id)
        record(ref, "members.invitation.accepted", invitation, {"member": str(member.id), "is_role_given": is_given})
        return member


def _give_role(invitation: Invitation, member: Member, request_id: str) -> bool:
    """By whoever invited, as far as they may give it now; without it they join all the same."""
    place = invitation.organization_id, invitation.invited_by_id
    with enter_as_member(*place, credential=Credential.SYSTEM, request_id=request_id) as inviter:
        if inviter is None or not inviter.may(INVITE):
            return False
        try:
            with transaction.atomic():
                give_grant(actor=inviter, member_id=member.id, role=invitation.role, valid_until=invitation.role_until)
        except DomainError:  # they may not any more, or it would join two rights kept apart: told in the event
            return False
        return True
