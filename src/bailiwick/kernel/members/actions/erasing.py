"""Erasure by pseudonym: what was done stays, who did it is not told any more (GDPR Articles 4(5) and 17)."""

from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.queries.retention import find_legal_hold
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import Personal, registry
from bailiwick.kernel.files.actions import remove_files
from bailiwick.kernel.identity.actions.people import erase_person
from bailiwick.kernel.identity.actions.sessions import require_fresh
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.members.errors import OnHold, StillHere
from bailiwick.kernel.members.manifest import ERASE
from bailiwick.kernel.members.models import Erasure
from bailiwick.kernel.members.queries.personal import find_erasure, find_hold, list_exports, rows_of


def erase_member(*, actor: Actor, member_id: UUID, reason: str) -> Erasure:
    """Write a pseudonym in place of whatever says who somebody was, and mask it in the trail; once.

    Their decisions, grants and events stay; what was written down of them for anybody goes. An account
    that another organisation knows too is theirs, not ours.
    Raises StillHere, OnHold, StepUpNeeded, InvalidInput, NotFound.
    """
    actor.require(ERASE)
    require_fresh(actor)
    with transaction.atomic(savepoint=False):
        member = Member.objects.select_for_update().filter(id=member_id, kind=MemberKind.PERSON).first()
        if member is None:
            raise NotFound
        if erased := find_erasure(member_id):
            return erased
        if member.is_active:
            raise StillHere
        if hold := find_hold(member_id):
            raise OnHold(reason=hold.reason, valid_until=hold.valid_until)
        if legal := find_legal_hold():
            raise OnHold(reason=legal.reason, valid_until=None)
        if not reason.strip():
            raise InvalidInput({"reason": [_("Say who asked for it, or which rule does.")]})
        erasure = Erasure.objects.create(member=member, reason=reason.strip(), erased_by_id=actor.member_id)
        counts = {each.model: _blank(erasure, each, member_id) for each in registry().personal}
        counts["identity.user"] = _erase_account(erasure, member)
        remove_files(actor.ref, list_exports(member_id), "erased")
        Erasure.objects.filter(id=erasure.id).update(counts=counts)
        record(actor.ref, "members.member.erased", member, counts)
        erasure.refresh_from_db()
        return erasure


def _blank(erasure: Erasure, personal: Personal, member_id: UUID) -> int:
    rows = rows_of(personal, member_id)
    keys = list(rows.values_list("id", flat=True))
    rows.update(**personal.blank)
    # After the write: the change that blanks them shows what was there as well.
    _mask(erasure, rows.model._meta.db_table, keys, list(personal.blank))
    return len(keys)


def _erase_account(erasure: Erasure, member: Member) -> int:
    """The account itself, where the organisation made it and nobody else knows it."""
    assert member.user_id, "a person has an account"
    if not erase_person(user_id=member.user_id, organization_id=member.organization_id):
        return 0
    _mask(erasure, "identity_user", [member.user_id], ["username", "user_code", "first_name", "last_name"])
    return 1


def _mask(erasure: Erasure, table: str, rows: list[UUID], columns: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT members_mask_changes(%s, %s, %s, %s)", [erasure.id, table, rows, columns])
