"""What is known of claims together: how many come, how they are decided, how fast, for how much."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Aggregate,
    Count,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import TruncDate, TruncWeek
from django.utils.timezone import localdate, now

from bailiwick.apps.claims.choices import Cause, Stage, Status
from bailiwick.apps.claims.models import Claim, Coverage, StatusChange
from bailiwick.apps.claims.queries.claims import list_claims
from bailiwick.apps.claims.queries.listed import due_within, overdue
from bailiwick.apps.claims.rules.transitions import GRANTED
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.tenancy.scope import require_scope

OPEN = (Status.SUBMITTED, Status.UNDER_REVIEW)
ALLOWED = (Status.APPROVED, Status.PAID)
DENIED = (Stage.DENIED, Stage.APPEALED)
AGES = (0, 7, 14, 30, 60)
"""Days since submission from which a claim counts as so old."""
MOST_REASONS = 12
# What the last judgement of a denied claim did not pay, and why; the patient's shares are no denial.
REASONS = """
WITH denied AS MATERIALIZED ({denied}), last AS (
    SELECT DISTINCT ON (a.claim_id) a.id, a.claim_id FROM claims_adjudication a JOIN denied d ON d.id = a.claim_id
     WHERE a.organization_id = %s ORDER BY a.claim_id, a.version DESC)
SELECT made ->> 'group', made ->> 'code', count(DISTINCT last.claim_id)
  FROM last
  JOIN claims_adjudicationline l ON l.organization_id = %s AND l.adjudication_id = last.id
 CROSS JOIN LATERAL jsonb_array_elements(l.trace) step
 CROSS JOIN LATERAL jsonb_array_elements(coalesce(step -> 'adjustments', '[]')) made
 WHERE NOT (made ->> 'group' = 'PR' AND made ->> 'code' IN ('1', '2', '3'))
 GROUP BY 1, 2 ORDER BY 3 DESC, 2 LIMIT %s
"""


class Percentile(Aggregate):
    """The value that a part of all does not exceed."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(part)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()

    def __init__(self, expression: Any, part: Decimal, **extra: Any) -> None:
        super().__init__(expression, part=part, **extra)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the figures are of: claims that came or were decided since a day, of one line of business or of all."""

    since: date | None = None
    line: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """Claims that were submitted in the week from a Monday on, and how many of them are not decided."""

    begin: date
    accepted: int
    reviewed: int
    n: int


@dataclass(frozen=True, slots=True)
class Decided:
    """Claims that were decided: how many, of these approved without anybody having reviewed them, and how fast."""

    n: int
    alone: int
    median: timedelta | None = None
    ninth: timedelta | None = None

    @property
    def hits(self) -> int:
        return self.alone

    @property
    def value(self) -> float | None:
        return self.alone / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Sums:
    """What decided claims of a status and currency come to."""

    status: str
    currency: str
    n: int
    billed: Decimal
    allowed: Decimal
    paid: Decimal
    owed: Decimal


@dataclass(frozen=True, slots=True)
class Age:
    """Open claims of so many days, up to before the next age; without an end the oldest."""

    since: int
    until: int | None
    accepted: int
    reviewed: int

    @property
    def n(self) -> int:
        return self.accepted + self.reviewed


@dataclass(frozen=True, slots=True)
class Reason:
    """Denied claims of which something was not paid for a CARC, in its group."""

    group: str
    code: str
    n: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it, as of one moment. `pends` are open claims by why they are under review."""

    as_of: datetime
    weeks: Sequence[Week]
    decided: Decided
    sums: Sequence[Sums]
    ages: Sequence[Age]
    pends: Sequence[tuple[str, int]]
    reasons: Sequence[Reason]
    denied: int
    soon: int
    late: int
    submitted: int = field(default=0)

    @property
    def open(self) -> int:
        return sum(age.n for age in self.ages)


def get_figures(actor: Actor, scope: Scope) -> Figures:
    """The figures of the claims that the actor sees: nine statements, however many claims there are."""
    rows = list_claims(actor).order_by()
    if scope.line:
        rows = of_line(rows, scope.line)
    came = rows.filter(submitted_at__date__gte=scope.since) if scope.since else rows
    decided = rows.filter(decided_at__isnull=False)
    if scope.since:
        decided = decided.filter(decided_at__date__gte=scope.since)
    weeks, denied = _weeks(came), decided.filter(stage__in=DENIED)
    return Figures(
        as_of=now(),
        weeks=weeks,
        decided=_decided(decided),
        sums=_sums(decided),
        ages=_ages(rows),
        pends=_pends(rows),
        reasons=_reasons(denied),
        denied=denied.count(),
        soon=due_within(rows).count(),
        late=overdue(rows).count(),
        submitted=sum(week.n for week in weeks),
    )


def of_line(rows: QuerySet[Claim], line: str) -> QuerySet[Claim]:
    """Of some claims those of a line of business: that of the cover that pays first on the day of service."""
    covers = Coverage.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=OuterRef("service_date")),
        patient_id=OuterRef("patient_id"),
        plan__isnull=False,
        valid_from__lte=OuterRef("service_date"),
    ).order_by("order", "id")
    return rows.annotate(line_of_business=Subquery(covers.values("plan__line_of_business")[:1])).filter(
        line_of_business=line
    )


def decided_as(rows: QuerySet[Claim], how: str) -> QuerySet[Claim]:
    """Of some claims those that are decided ("yes"), of these approved without review ("alone"), open, or not."""
    if how in ("no", "over"):
        return rows.filter(status__in=OPEN) if how == "no" else rows.exclude(status__in=OPEN)
    rows = rows.filter(decided_at__isnull=False)
    return rows.filter(_alone()) if how == "alone" else rows


def _alone() -> Q:
    """Approved, and never moved on by somebody to whom it was given for review."""
    looked_at = StatusChange.objects.filter(
        claim_id=OuterRef("id"),
        from_stage=Stage.UNDER_REVIEW,
        to_stage__in=[*GRANTED, Stage.DENIED],
        cause=Cause.MEMBER,
    )
    return Q(~Exists(looked_at), status__in=ALLOWED)


def _weeks(rows: QuerySet[Claim]) -> list[Week]:
    found = (
        rows.annotate(week=TruncWeek("submitted_at", output_field=DateField()))
        .values("week")
        .annotate(
            n=Count("id"),
            accepted=Count("id", filter=Q(status=Status.SUBMITTED)),
            reviewed=Count("id", filter=Q(status=Status.UNDER_REVIEW)),
        )
        .order_by("week")
    )
    return [Week(row["week"], row["accepted"], row["reviewed"], row["n"]) for row in found]


def _decided(rows: QuerySet[Claim]) -> Decided:
    took = ExpressionWrapper(F("decided_at") - F("submitted_at"), output_field=DurationField())
    found = rows.annotate(is_alone=_alone()).aggregate(
        n=Count("id"),
        alone=Count("id", filter=Q(is_alone=True)),
        median=Percentile(took, Decimal("0.5")),
        ninth=Percentile(took, Decimal("0.9")),
    )
    return Decided(**found)


def _sums(rows: QuerySet[Claim]) -> list[Sums]:
    found = (
        rows.values("status", "currency")
        .annotate(
            n=Count("id"),
            billed=Sum("amount"),
            allowed=Sum("allowed", default=Decimal(0)),
            paid_=Sum("paid", default=Decimal(0)),
            owed=Sum("patient_owes", default=Decimal(0)),
        )
        .order_by("currency", "status")
    )
    return [
        Sums(row["status"], row["currency"], row["n"], row["billed"], row["allowed"], row["paid_"], row["owed"])
        for row in found
    ]


def _ages(rows: QuerySet[Claim]) -> list[Age]:
    today = localdate()
    found = (
        rows.filter(status__in=OPEN)
        .annotate(day=TruncDate("submitted_at"))
        .values("day", "status")
        .annotate(n=Count("id"))
        .order_by()
    )
    counts: dict[tuple[int, str], int] = {}
    for row in found:
        days = max(0, (today - row["day"]).days)
        age = max(since for since in AGES if since <= days)
        counts[age, row["status"]] = counts.get((age, row["status"]), 0) + row["n"]
    ends: list[int | None] = [*AGES[1:], None]
    return [
        Age(since, end, counts.get((since, Status.SUBMITTED), 0), counts.get((since, Status.UNDER_REVIEW), 0))
        for since, end in zip(AGES, ends, strict=True)
    ]


def _pends(rows: QuerySet[Claim]) -> list[tuple[str, int]]:
    found = rows.filter(status=Status.UNDER_REVIEW).values("pend").annotate(n=Count("id")).order_by("-n", "pend")
    return [(row["pend"], row["n"]) for row in found]


def _reasons(denied: QuerySet[Claim]) -> list[Reason]:
    organization = require_scope().organization_id
    try:
        sql, values = denied.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:  # so Django tells of who sees no claim at all
        return []
    with connection.cursor() as cursor:
        cursor.execute(REASONS.format(denied=sql), [*values, organization, organization, MOST_REASONS])
        return [Reason(*row) for row in cursor.fetchall()]
