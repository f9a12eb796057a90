"""Deciding how long the trail is kept, placing and lifting legal holds, and removing what is over."""

from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bailiwick.kernel.audit.actions.recording import record
from bailiwick.kernel.audit.choices import TrailKind
from bailiwick.kernel.audit.manifest import RETAIN
from bailiwick.kernel.audit.models import Change, Event, LegalHold, Read, RetentionPeriod
from bailiwick.kernel.audit.models.keeping import SHORTEST
from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.base.errors import InvalidInput, NotFound

LONGEST = 1200
"""Months of the longest period: a hundred years."""
RETAINED = tuple(model._meta.db_table for model in (Event, Change, Read))
"""Tables whose rows are removed when their time is over; nothing else of the trail ever is."""
AT_ONCE = 20_000
"""Rows that one step removes where a month does not go as a whole."""
LONGEST_STEP = "10min"
"""A month that is dropped is counted first."""


def change_period(*, actor: Authority, kind: str, months: int | None) -> RetentionPeriod | None:
    """Keep one kind of the trail for so many months, or for good; a shorter period counts after 30 days.

    Returns None where it was for good and stays so. Raises InvalidInput.
    """
    actor.require(RETAIN)
    if kind not in TrailKind.values:
        raise InvalidInput({"kind": [_("There is no such trail.")]})
    if months is not None and not SHORTEST <= months <= LONGEST:
        sentence = _("At least %(shortest)s months, and at most %(longest)s.")
        raise InvalidInput({"months": [sentence % {"shortest": SHORTEST, "longest": LONGEST}]})
    with transaction.atomic(savepoint=False):
        period = RetentionPeriod.objects.select_for_update().filter(kind=kind).first()
        before = period.months if period else None
        if before == months:
            return period
        period, _is_new = RetentionPeriod.objects.update_or_create(kind=kind, defaults={"months": months})
        period.refresh_from_db()
        facts = {"kind": kind, "months": [before, months], "counts_from": period.counts_from.isoformat()}
        record(actor.ref, "audit.period.changed", period, facts)
        return period


def place_legal_hold(*, actor: Authority, reason: str) -> LegalHold:
    """Keep the whole trail until the hold is lifted, whatever the periods say. Raises InvalidInput."""
    actor.require(RETAIN)
    if not reason.strip():
        raise InvalidInput({"reason": [_("Say why it has to be kept.")]})
    with transaction.atomic(savepoint=False):
        hold = LegalHold.objects.create(reason=reason.strip(), placed_by=actor.member_id)
        record(actor.ref, "audit.hold.placed", hold)
        return hold


def lift_legal_hold(*, actor: Authority, hold_id: UUID) -> LegalHold:
    """End a hold; for 30 days it goes on keeping everything. Lifting it twice changes nothing. Raises NotFound."""
    actor.require(RETAIN)
    with transaction.atomic(savepoint=False):
        hold = LegalHold.objects.select_for_update().filter(id=hold_id).first()
        if hold is None:
            raise NotFound
        if hold.lifted_at is None:
            LegalHold.objects.filter(id=hold_id).update(lifted_at=Now(), lifted_by=actor.member_id)
            record(actor.ref, "audit.hold.lifted", hold)
            hold.refresh_from_db()
        return hold


def remove_old(table: str, at_once: int = AT_ONCE) -> int | None:
    """Remove a month of a table, or some rows of one organisation, where their time is over; None: nothing is left.

    What is over the database decides, from periods and holds alone.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [LONGEST_STEP])
        cursor.execute("SELECT audit_remove_old(%s, %s)", [table, at_once])
        (removed,) = cursor.fetchone()
        return None if removed is None else int(removed)
