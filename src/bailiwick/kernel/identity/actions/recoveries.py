"""A lost key: one key manager asks, another decides, and only then is there a new ticket."""

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.actions.enrolment import lock_member, require_key_manager, write_ticket
from bailiwick.kernel.identity.actions.sessions import end_sessions_of_person
from bailiwick.kernel.identity.choices import SessionEnd
from bailiwick.kernel.identity.errors import RecoveryDecided, RecoveryOpen, SecondPersonNeeded
from bailiwick.kernel.identity.manifest import RECOVER, REGISTER
from bailiwick.kernel.identity.models import Member, Passkey, Recovery, RecoveryCode, Ticket, Totp, User
from bailiwick.kernel.identity.queries.enrolment import is_elsewhere


def ask_recovery(*, actor: Authority, member_id: UUID, reason: str) -> Recovery:
    """Say that somebody lost their key; nothing ends before another key manager approves it.

    Raises SecondPersonNeeded for one's own, RecoveryOpen, NotFound.
    """
    actor.require(REGISTER)
    with transaction.atomic(savepoint=False):
        member = lock_member(member_id)
        require_key_manager(actor)
        if member_id == actor.member_id:
            raise SecondPersonNeeded
        if Recovery.objects.filter(member_id=member.id, decided_at=None).exists():
            raise RecoveryOpen
        recovery = Recovery.objects.create(member=member, reason=reason, asked_by_id=actor.member_id)
        record(actor.ref, "identity.recovery.asked", recovery, {"member": str(member.id)})
        return recovery


def approve_recovery(*, actor: Authority, recovery_id: UUID) -> tuple[Recovery, Ticket, str]:
    """End the person's old ways in and make a ticket for the next; its secret is returned here and nowhere else.

    Raises SecondPersonNeeded, RecoveryDecided, NotFound.
    """
    with transaction.atomic(savepoint=False):
        recovery, member = _decide(actor, recovery_id, is_approved=True)
        _end_ways_in(member)
        ticket, secret = write_ticket(actor, member, recovery)
        record(actor.ref, "identity.recovery.approved", recovery, {"member": str(member.id)})
        return recovery, ticket, secret


def refuse_recovery(*, actor: Authority, recovery_id: UUID) -> Recovery:
    """Leave everything as it is. Raises SecondPersonNeeded, RecoveryDecided, NotFound."""
    with transaction.atomic(savepoint=False):
        recovery, member = _decide(actor, recovery_id, is_approved=False)
        record(actor.ref, "identity.recovery.refused", recovery, {"member": str(member.id)})
        return recovery


def _decide(actor: Authority, recovery_id: UUID, *, is_approved: bool) -> tuple[Recovery, Member]:
    actor.require(RECOVER)
    asked = Recovery.objects.filter(id=recovery_id).first()
    if asked is None:
        raise NotFound
    require_key_manager(actor)
    member = lock_member(asked.member_id)
    recovery = Recovery.objects.select_for_update().get(id=recovery_id)
    if recovery.decided_at is not None:
        raise RecoveryDecided
    if actor.member_id in (recovery.asked_by_id, recovery.member_id):
        raise SecondPersonNeeded
    Recovery.objects.filter(id=recovery.id).update(
        decided_by_id=actor.member_id, decided_at=Now(), is_approved=is_approved
    )
    recovery.refresh_from_db()
    return recovery, member


def _end_ways_in(member: Member) -> None:
    """Whatever this organisation gave; all that a person has where no other organisation knows them."""
    assert member.user_id, "only a person has ways in"
    user = User.objects.select_for_update().get(id=member.user_id)
    keys = Passkey.objects.filter(user_id=user.id, revoked_at=None)
    if is_elsewhere(user.id, member.organization_id):
        keys.filter(only_in=member.organization_id).update(revoked_at=Now())
        end_sessions_of_person(user_id=user.id, why=SessionEnd.RECOVERED, place=member.organization_id)
        return
    keys.update(revoked_at=Now())
    Totp.objects.filter(user_id=user.id, ended_at=None).update(ended_at=Now())
    RecoveryCode.objects.filter(user_id=user.id, used_at=None, ended_at=None).update(ended_at=Now())
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions_of_person(user_id=user.id, why=SessionEnd.RECOVERED)
