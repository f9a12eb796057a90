"""What is to be paid for claims, and what was paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from bailiwick.apps.claims.models import Claim, Payment, PaymentRun
from bailiwick.apps.claims.queries.reading import fetch
from bailiwick.apps.claims.values.cases import ZERO
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound

# What was paid so far for a claim is what its last payment was for, were it of a former version.
DUE = """
SELECT c.id, c.currency, a.id, a.billed, a.paid, coalesce(before.billed, 0), coalesce(before.paid, 0), k.due_at,
       k.interest
  FROM claims_claim c
  JOIN LATERAL (
       SELECT a.id, a.billed, a.paid FROM claims_adjudication a
        WHERE a.organization_id = c.organization_id AND a.claim_id = c.id AND a.is_final
        ORDER BY a.version DESC LIMIT 1) a ON true
  LEFT JOIN LATERAL (
       SELECT b.billed, b.paid
         FROM claims_claim v
         JOIN claims_payment p ON p.organization_id = v.organization_id AND p.claim_id = v.id
         JOIN claims_adjudication b ON b.organization_id = v.organization_id AND b.id = p.adjudication_id
        WHERE v.organization_id = c.organization_id AND v.number = c.number AND b.id <> a.id
        ORDER BY p.id DESC LIMIT 1) before ON %(again)s OR c.version > 1
  LEFT JOIN claims_clock k ON k.organization_id = c.organization_id AND k.subject_id = c.id AND k.kind = 'payment'
        AND k.paused_at IS NULL
 WHERE c.organization_id = %(organization)s AND c.id = ANY (%(claims)s)
 ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class Due:
    """What a judgement has to be paid: all of it, less what was paid before for the claim, of whichever version."""

    claim_id: UUID
    currency: str
    adjudication_id: UUID
    billed: Decimal
    paid: Decimal
    billed_before: Decimal = ZERO
    paid_before: Decimal = ZERO
    due_at: datetime | None = None
    rate: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        return self.paid - self.paid_before


def list_due(claim_ids: Sequence[UUID], *, again: bool = False) -> list[Due]:
    """What the judgements that count ask to be paid now; `again` where a claim itself may have been paid before."""
    return [Due(*row) for row in fetch(DUE, {"claims": list(claim_ids), "again": again})]


def list_runs(actor: Actor) -> QuerySet[PaymentRun]:
    """Every run of payments of the organisation, newest first."""
    return PaymentRun.objects.select_related("member").order_by("-id")


def list_payments(claim: Claim) -> QuerySet[Payment]:
    """What was paid for a claim, or taken back, over all of its versions, oldest first."""
    rows = Payment.objects.filter(claim__number=claim.number).select_related("run", "adjudication", "claim")
    return rows.order_by("id")


def get_run(actor: Actor, run_id: UUID) -> PaymentRun:
    """Raises NotFound."""
    found: PaymentRun | None = list_runs(actor).filter(id=run_id).first()
    if found is None:
        raise NotFound
    return found


def list_run_payments(run: PaymentRun) -> QuerySet[Payment]:
    """What was paid in one run, newest first."""
    return Payment.objects.filter(run=run).select_related("claim", "adjudication").order_by("-id")
