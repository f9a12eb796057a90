"""How long the trail is kept, what keeps it longer, and what would go next."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.timezone import now

from bailiwick.kernel.audit.choices import TrailKind
from bailiwick.kernel.audit.manifest import RETAIN
from bailiwick.kernel.audit.models import Change, Event, LegalHold, Read, Removal, RetentionPeriod
from bailiwick.kernel.audit.rules.keys import first_key, moment_of
from bailiwick.kernel.audit.rules.retention import WAIT, kept_from
from bailiwick.kernel.base.actors import Authority

MODELS: dict[str, type[Event] | type[Change] | type[Read]] = {
    TrailKind.EVENTS: Event,
    TrailKind.CHANGES: Change,
    TrailKind.READS: Read,
}
MOST_COUNTED = 10_000
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Keeping:
    """How one kind of the trail is kept: `months` is None for good.

    What goes next goes at `goes_at` or soon after: `count` rows (`is_cut`: or more) written before `before`. Without
    a period, and while there is nothing so old, both are None.
    """

    kind: TrailKind
    months: int | None
    counts_from: datetime | None
    oldest: datetime | None
    before: datetime | None = None
    goes_at: datetime | None = None
    count: int = 0

    @property
    def is_cut(self) -> bool:
        return self.count >= MOST_COUNTED


@dataclass(frozen=True, slots=True)
class Gone:
    """What was removed at one time from one kind of the trail: everything before `before`."""

    kind: TrailKind
    at: datetime
    before: datetime
    count: int


def list_keeping(actor: Authority) -> list[Keeping]:
    """Every kind of the trail with its period, its oldest row, and what would go next."""
    actor.require(RETAIN)
    periods = {period.kind: period for period in RetentionPeriod.objects.all()}
    return [_keeping(TrailKind(kind), periods.get(kind)) for kind in MODELS]


def _keeping(kind: TrailKind, period: RetentionPeriod | None) -> Keeping:
    rows = MODELS[kind].objects.order_by("id")
    first = rows.values_list("id", flat=True).first()
    oldest = moment_of(first) if first else None
    if period is None or period.months is None:
        return Keeping(kind, None, None, oldest)
    goes_at = max(now(), period.counts_from)
    before = kept_from(period.months, goes_at)
    count = rows.filter(id__lt=first_key(before))[:MOST_COUNTED].count()
    waits_until = period.counts_from if period.counts_from > now() else None
    if not count:
        return Keeping(kind, period.months, waits_until, oldest)
    return Keeping(kind, period.months, waits_until, oldest, before, goes_at, count)


def list_legal_holds(actor: Authority) -> list[LegalHold]:
    """The legal holds of the organisation: those that last, then those that were lifted, the newest first."""
    actor.require(RETAIN)
    return list(LegalHold.objects.order_by("-lifted_at", "-placed_at", "id")[:MOST_SHOWN])


def find_legal_hold() -> LegalHold | None:
    """The oldest legal hold that lasts."""
    return LegalHold.objects.filter(lifted_at=None).order_by("placed_at", "id").first()


def is_held() -> bool:
    """Whether a legal hold keeps the whole trail, be it that it was lifted not long ago."""
    return find_legal_hold() is not None or LegalHold.objects.filter(lifted_at__gt=now() - WAIT).exists()


def list_gone(actor: Authority) -> list[Gone]:
    """What was removed, the newest first; at most 100."""
    actor.require(RETAIN)
    kinds = {model._meta.db_table: TrailKind(kind) for kind, model in MODELS.items()}
    removals: QuerySet[Removal] = Removal.objects.order_by("-id")[:MOST_SHOWN]
    return [Gone(kinds[each.table_name], each.at, moment_of(each.before), each.row_count) for each in removals]
