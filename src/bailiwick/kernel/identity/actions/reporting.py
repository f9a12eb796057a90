"""To whom people report."""

from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.manifest import REGISTER
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries.people import list_above

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('identity.managers' || %s, 0))"


def set_manager(*, actor: Authority, member_id: UUID, manager_id: UUID | None) -> Member:
    """Say to whom a person reports, or that it is nobody; needs `identity.register` or `access.manage`.

    Nobody makes themselves somebody's manager by the first alone: managers say what others may keep. Raises NotFound;
    InvalidInput where the manager has left, is no person, or reports to this person in turn.
    """
    with transaction.atomic(savepoint=False):
        if "access.manage" not in actor.rights:
            actor.require(REGISTER)
        with connection.cursor() as cursor:
            # One at a time: two changes, each in order, could close a circle together.
            cursor.execute(LOCK, [str(actor.organization_id)])
        member = Member.objects.select_for_update(no_key=True).filter(id=member_id, kind=MemberKind.PERSON).first()
        if member is None:
            raise NotFound
        if member.manager_id != manager_id:
            if manager_id is not None:
                _check(member_id, manager_id)
            if manager_id == actor.member_id and "access.manage" not in actor.rights:
                raise InvalidInput({"manager": [_("Somebody else has to say that people report to you.")]})
            Member.objects.filter(id=member_id).update(manager=manager_id)
            record(actor.ref, "identity.member.changed", member, {"manager": str(manager_id or "")})
            member.refresh_from_db()
        return member


def _check(member_id: UUID, manager_id: UUID) -> None:
    if not Member.objects.filter(id=manager_id, kind=MemberKind.PERSON, is_active=True).exists():
        raise InvalidInput({"manager": [_("Choose somebody who works here.")]})
    if member_id in list_above(manager_id):
        raise InvalidInput({"manager": [_("They report to this person themselves, directly or through others.")]})
