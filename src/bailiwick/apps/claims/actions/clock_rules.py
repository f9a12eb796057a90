"""The rules of deadlines: added from a day on, ended with a day, never changed for days that have passed."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from bailiwick.apps.claims.manifest import CONFIGURE
from bailiwick.apps.claims.models import ClockRule
from bailiwick.apps.claims.queries.clocks import lock_clock_rule
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput

A_DAY = timedelta(days=1)


def add_clock_rule(
    *,
    actor: Actor,
    kind: str,
    days: int,
    basis: str,
    valid_from: date,
    line_of_business: str = "",
    is_paper: bool | None = None,
    interest: Decimal = Decimal(0),
) -> ClockRule:
    """Say by when something has to have happened, from a day on, with the law or contract that says so.

    The one for the same claims ends the day before. Raises InvalidInput for a day that has passed, or where another
    one begins on that day or later.
    """
    actor.require(CONFIGURE)
    if valid_from < localdate():
        raise InvalidInput({"valid_from": [_("From today on: what passed is not changed.")]})
    same = {"kind": kind, "line_of_business": line_of_business, "is_paper": is_paper}
    with transaction.atomic(savepoint=False):
        others = ClockRule.objects.select_for_update().filter(**same)
        others = others.filter(Q(valid_until=None) | Q(valid_until__gte=valid_from))
        if any(other.valid_from >= valid_from for other in others):
            raise InvalidInput({"valid_from": [_("Another rule for the same claims begins on that day or later.")]})
        others.update(valid_until=valid_from - A_DAY)
        rule = ClockRule.objects.create(days=days, basis=basis, interest=interest, valid_from=valid_from, **same)
        record(actor.ref, "claims.clock_rule.added", rule, {"kind": kind, "days": days})
        return rule


def end_clock_rule(*, actor: Actor, rule_id: UUID, valid_until: date) -> ClockRule:
    """Let a rule hold no longer than to a day. Clocks that it started run on. Raises NotFound or InvalidInput."""
    actor.require(CONFIGURE)
    with transaction.atomic(savepoint=False):
        rule = lock_clock_rule(rule_id)
        yesterday = localdate() - A_DAY
        if rule.valid_until is not None and rule.valid_until <= yesterday:
            raise InvalidInput({"valid_until": [_("It has ended already.")]})
        if not max(yesterday, rule.valid_from) <= valid_until <= (rule.valid_until or date.max):
            raise InvalidInput({"valid_until": [_("From yesterday on, not before it begins and not after it ends.")]})
        rule.valid_until = valid_until
        rule.save(update_fields=["valid_until"])
        record(actor.ref, "claims.clock_rule.ended", rule, {"until": valid_until.isoformat()})
        return rule
