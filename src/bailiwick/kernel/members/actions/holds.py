"""Retention holds: what may not be erased, and until when."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.members.manifest import ERASE
from bailiwick.kernel.members.models import RetentionHold


def place_hold(*, actor: Actor, member_id: UUID, reason: str, valid_until: datetime | None = None) -> RetentionHold:
    """Keep what is known of a member, until a moment or until it is lifted. Raises InvalidInput, NotFound."""
    actor.require(ERASE)
    with transaction.atomic(savepoint=False):
        # Whoever erases takes turns at the same row.
        if not Member.objects.select_for_update().filter(id=member_id).exists():
            raise NotFound
        if not reason.strip():
            raise InvalidInput({"reason": [_("Say why it has to be kept.")]})
        if valid_until is not None and valid_until <= now():
            raise InvalidInput({"valid_until": [_("A hold ends in the future.")]})
        hold = RetentionHold.objects.create(
            member_id=member_id, reason=reason.strip(), placed_by_id=actor.member_id, valid_until=valid_until
        )
        record(actor.ref, "members.hold.placed", hold, {"member": str(member_id)})
        return hold


def lift_hold(*, actor: Actor, hold_id: UUID) -> RetentionHold:
    """End a hold; lifting it twice changes nothing. Raises NotFound."""
    actor.require(ERASE)
    with transaction.atomic(savepoint=False):
        hold = RetentionHold.objects.select_for_update().filter(id=hold_id).first()
        if hold is None:
            raise NotFound
        if hold.lifted_at is None:
            RetentionHold.objects.filter(id=hold_id).update(lifted_at=Now(), lifted_by_id=actor.member_id)
            record(actor.ref, "members.hold.lifted", hold, {"member": str(hold.member_id)})
            hold.refresh_from_db()
        return hold
