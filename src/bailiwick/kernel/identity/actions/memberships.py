"""How a membership begins by somebody else's word, ends, and begins again."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from django.utils.timezone import now

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.actions.people import add_member
from bailiwick.kernel.identity.choices import MemberKind, SessionEnd
from bailiwick.kernel.identity.errors import OwnMembership
from bailiwick.kernel.identity.models import ApiKey, Member, Session, Ticket, User
from bailiwick.kernel.identity.rules.codes import new_code

STAYING = """
SELECT id FROM identity_member
 WHERE organization_id = app_organization() AND id = ANY(%s) AND is_active ORDER BY id FOR SHARE
"""


def add_vouched(
    actor: ActorRef,
    *,
    name: str,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
    is_confirmed: bool = False,
    department: str = "",
) -> Member:
    """A new person of whom the organisation's own directory or provider told, and their membership.

    Nobody has a password of theirs, and nobody of the same name or mail address is looked for: they may be a person of
    another organisation. `is_confirmed` says that the organisation answers for the address: its domain is proved.
    """
    code = new_code()
    user = User(username=code, user_code=code, first_name=first_name or name[:150], last_name=last_name, email=email)
    user.email_confirmed_at = now() if is_confirmed else None
    user.set_unusable_password()
    user.save()
    return add_member(actor, name=name, kind=MemberKind.PERSON, user_id=user.id, department=department)


def change_member(actor: ActorRef, *, member_id: UUID, name: str, department: str) -> None:
    """What the organisation calls somebody; who they are elsewhere is theirs to say."""
    with transaction.atomic(savepoint=False):
        member = _lock(member_id)
        if (member.name, member.department) != (name, department):
            Member.objects.filter(id=member_id).update(name=name, department=department)
            record(actor, "identity.member.changed", member)


def end_membership(actor: ActorRef, *, member_id: UUID, why: str = SessionEnd.LEFT) -> bool:
    """Let somebody go, whose sessions, keys and tickets of this organisation end; nothing of another one changes.

    What they had in hands goes to others, as each manifest says by `leaving`.

    Returns whether they were still here. Raises NotFound, OwnMembership.
    """
    with transaction.atomic(savepoint=False):
        member = _lock(member_id)
        if actor.member_id == member_id:
            raise OwnMembership
        if not member.is_active:
            return False
        Member.objects.filter(id=member_id).update(is_active=False)
        _end_ways_in(member_id, why)
        record(actor, "identity.member.ended", member)
        for each in registry().manifests:
            if each.leaving:
                import_string(each.leaving)(actor, member_id)
        return True


def resume_membership(actor: ActorRef, *, member_id: UUID) -> bool:
    """Take somebody back; their sessions and keys stay ended. Returns whether they were away. Raises NotFound."""
    with transaction.atomic(savepoint=False):
        member = _lock(member_id)
        if member.is_active:
            return False
        # Whoever was signing in while they were let go has a session that nobody has ended yet.
        _end_ways_in(member_id, SessionEnd.LEFT)
        Member.objects.filter(id=member_id).update(is_active=True)
        record(actor, "identity.member.resumed", member)
        return True


def hold_members(member_ids: Collection[UUID]) -> set[UUID]:
    """Those of some members who are here: whoever would let one of them go waits for the end of this transaction.

    Asked before anything else is locked.
    """
    with connection.cursor() as cursor:
        cursor.execute(STAYING, [list(member_ids)])
        return {member_id for (member_id,) in cursor.fetchall()}


def _end_ways_in(member_id: UUID, why: str) -> None:
    Session.objects.filter(member_id=member_id, ended_at=None).update(ended_at=Now(), end=why)
    ApiKey.objects.filter(member_id=member_id, revoked_at=None).update(revoked_at=Now())
    Ticket.objects.filter(member_id=member_id, used_at=None, revoked_at=None).update(revoked_at=Now())


def _lock(member_id: UUID) -> Member:
    # Rows that merely point to a member are written meanwhile; who needs them to stay asks `hold_members`.
    member = Member.objects.select_for_update(no_key=True).filter(id=member_id).first()
    if member is None:
        raise NotFound
    return member
