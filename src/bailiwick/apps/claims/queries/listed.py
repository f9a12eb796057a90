"""Claims as lists show them, and what lists are narrowed by beyond columns of the claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.timezone import now

from bailiwick.apps.claims.choices import LOOKS, ClockKind, Pend, RequestState, Stage
from bailiwick.apps.claims.models import Adjudication, AdjudicationLine, Claim, Clock, InformationRequest
from bailiwick.apps.claims.queries.claims import list_unmasked
from bailiwick.kernel.access.actors import Actor

SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Listed:
    """A claim in a list. Where `is_masked`, what was diagnosed and done is not shown. `due_at` is its next deadline."""

    claim: Claim
    is_masked: bool
    due_at: datetime | None = None

    @property
    def stage(self) -> Stage:
        return Stage(self.claim.stage)

    @property
    def look(self) -> str:
        return LOOKS[self.stage]

    @property
    def pend(self) -> str:
        return str(Pend(self.claim.pend).label) if self.claim.pend and not self.is_masked else ""


def read_claims(actor: Actor, ids: Sequence[UUID]) -> list[Listed]:
    """Claims that the actor was found to see, in the order of their keys given: at most three statements."""
    found = Claim.objects.select_related("patient", "provider", "assigned_processor").in_bulk(list(ids))
    unmasked = list_unmasked(actor, ids)
    due = _next_due(ids)
    return [Listed(found[key], key not in unmasked, due.get(key)) for key in ids]


def _next_due(ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Of some claims when their earliest running clock runs out."""
    rows = Clock.objects.filter(claim_id__in=ids, **_RUNNING).order_by("-due_at")
    return dict(rows.values_list("claim_id", "due_at"))


def next_due(claim: Claim) -> datetime | None:
    """When the claim's earliest running clock runs out."""
    return _next_due([claim.id]).get(claim.id)


_RUNNING = {"met_at": None, "paused_at": None, "kind__in": [ClockKind.PAYMENT, ClockKind.APPEAL_DECISION]}
"""Clocks that ask something of the payer, now."""


def due_within(rows: QuerySet[Claim], away: timedelta = SOON) -> QuerySet[Claim]:
    """Of some claims those with a running clock that ends soon and has not yet ended."""
    moment = now()
    return rows.filter(_has_clock(due_at__gte=moment, due_at__lt=moment + away))


def overdue(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    """Of some claims those with a running clock that has ended."""
    return rows.filter(_has_clock(due_at__lt=now()))


def _has_clock(**values: datetime) -> Exists:
    return Exists(Clock.objects.filter(claim_id=OuterRef("id"), **_RUNNING, **values))


def awaiting_answer(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    """Of some claims those of which something is asked."""
    return rows.filter(Exists(InformationRequest.objects.filter(claim_id=OuterRef("id"), state=RequestState.OPEN)))


def adjusted_for(rows: QuerySet[Claim], code: str) -> QuerySet[Claim]:
    """Of some claims those whose last judgement did not pay something for a CARC ("45"), or in a group ("CO-45")."""
    group, _dash, carc = code.rpartition("-")
    named = {"code": carc} | ({"group": group} if group else {})
    last = Adjudication.objects.filter(claim_id=OuterRef("id")).order_by("-version").values("id")[:1]
    lines = AdjudicationLine.objects.filter(
        adjudication_id=OuterRef("last_judgement"), trace__contains=[{"adjustments": [named]}]
    )
    return rows.annotate(last_judgement=Subquery(last)).filter(Exists(lines))
