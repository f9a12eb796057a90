"""How often an alert would have been raised lately."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.notices.choices import AlertKind
from bailiwick.kernel.notices.manifest import ALERTS
from bailiwick.kernel.notices.queries.alerts import RECENT
from bailiwick.kernel.notices.rules import Count, add, group_of, is_met, is_own
from bailiwick.kernel.notices.values import Rule

MOST_READ = 10_000
READ = ("verb", "at", "member_id", "subject_id", "address", "data")


@dataclass(frozen=True, slots=True)
class Preview:
    """How often within 30 days; with `is_cut` there were too many events to read, and it would be more."""

    times: int
    is_cut: bool


def preview(actor: Actor, rule: Rule) -> Preview | None:
    """What a rule would have done to the newest 10,000 events; None where it looks at none. Needs `notices.alerts`."""
    actor.require(ALERTS)
    if rule.kind == AlertKind.SEAL:
        return None
    since = now() - RECENT
    events = Event.objects.filter(verb__in=rule.verbs, id__gte=_first_id(since), at__gte=since).only(*READ)
    newest = list(events.order_by("-id")[: MOST_READ + 1])
    return Preview(count_raised(rule, newest[MOST_READ - 1 :: -1]), len(newest) > MOST_READ)


def count_raised(rule: Rule, events: list[Event]) -> int:
    """How often events, oldest first, raise a rule."""
    counts: defaultdict[str, Count] = defaultdict(Count)
    raised, window = 0, timedelta(seconds=rule.window)
    for event in events:
        if not is_own(event) and is_met(rule.condition, event.data):
            group = group_of(rule.per, event)
            counts[group], found = add(counts[group], event.at, rule.count, window)
            raised += bool(found)
    return raised


def _first_id(moment: datetime) -> UUID:
    """The smallest UUIDv7 of a millisecond, so that the index by verb is read from there."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
