"""Paying what was approved: runs of payments that balance, each the difference to what was paid before."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.timezone import now

from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.choices import Mover, Stage, Use
from bailiwick.apps.claims.errors import NotBilled
from bailiwick.apps.claims.manifest import PAY
from bailiwick.apps.claims.models import Claim, PaymentRun
from bailiwick.apps.claims.queries.payments import Due, list_due
from bailiwick.apps.claims.queries.rule_sets import find_parameters
from bailiwick.apps.claims.rules.deadlines import days_late
from bailiwick.apps.claims.rules.interest import interest
from bailiwick.apps.claims.values.cases import ZERO
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record

YEAR = 365
INSERT = """
INSERT INTO claims_payment (run_id, currency, claim_id, adjudication_id, amount, interest)
SELECT %s, %s, * FROM unnest(%b::uuid[], %b::uuid[], %s::numeric[], %s::numeric[])
"""


def schedule_payments(*, actor: Actor, claims: Sequence[Claim]) -> None:
    """Set locked claims that are approved down for payment; raises MoveRefused or NotBilled."""
    actor.require(PAY)
    if claims:
        _require_billed(claims)
        move_claims(claims, Stage.PAYMENT_SCHEDULED, mover=Mover.PAYER, member_id=actor.member_id)
        record(actor.ref, "claims.payments.scheduled", claims[0], {"count": len(claims)})


def pay_claims(*, actor: Actor, claims: Sequence[Claim]) -> list[PaymentRun]:
    """Pay locked claims that are approved or scheduled: one run a currency, one payment a judgement.

    However many claims there are, the number of statements is the same. What is paid after its clock ran out carries
    interest. Raises MoveRefused or NotBilled; then nothing is paid.
    """
    actor.require(PAY)
    if not claims:
        return []
    with transaction.atomic(savepoint=False):
        _require_billed(claims)
        dues = list_due([claim.id for claim in claims])
        move_claims(claims, Stage.PAID, mover=Mover.PAYER, member_id=actor.member_id, paid_at=Now())
        runs = post_payments(dues, member_id=actor.member_id)
        for run in runs:
            record(actor.ref, "claims.payments.made", run, {"count": run.count})
        return runs


def _require_billed(claims: Sequence[Claim]) -> None:
    for claim in claims:
        if claim.use != Use.CLAIM:
            raise NotBilled(id=str(claim.id))


def take_back(claim: Claim, *, member_id: UUID | None) -> None:
    """Post what was paid for a locked claim, of whichever version, as owed back, once its judgement is reversed."""
    owed = [due for due in list_due([claim.id], again=True) if due.amount]
    post_payments(owed, member_id=member_id)


def post_payments(every: Sequence[Due], *, member_id: UUID | None) -> list[PaymentRun]:
    """Write what is due as payments, a run for each currency; in each billed is paid and adjusted."""
    by_currency: dict[str, list[Due]] = defaultdict(list)
    for due in every:
        by_currency[due.currency].append(due)
    return [_post(currency, dues, member_id) for currency, dues in by_currency.items()]


def _post(currency: str, dues: Sequence[Due], member_id: UUID | None) -> PaymentRun:
    late = interest_on(dues)
    billed = sum((due.billed - due.billed_before for due in dues), ZERO)
    paid = sum((due.amount for due in dues), ZERO)
    run: PaymentRun = PaymentRun.objects.create(
        billed=billed,
        paid=paid,
        adjusted=billed - paid,
        interest=sum(late, ZERO),
        currency=currency,
        count=len(dues),
        member_id=member_id,
    )
    columns = (
        [due.claim_id for due in dues],
        [due.adjudication_id for due in dues],
        [due.amount for due in dues],
        late,
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [run.id, currency, *columns])
    return run


def interest_on(dues: Sequence[Due]) -> list[Decimal]:
    """What is owed besides, because it is paid late: simple interest from the day after the clock ran out."""
    if not any(due.rate and due.due_at for due in dues):
        return [ZERO] * len(dues)
    parameters, today = find_parameters(), now()
    basis = parameters.interest_basis if parameters else YEAR
    return [
        interest(due.amount, due.rate, days_late(due.due_at, today), basis) if due.rate and due.due_at else ZERO
        for due in dues
    ]
