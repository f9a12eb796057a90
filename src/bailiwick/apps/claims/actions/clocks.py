"""Deadlines of claims and of their appeals: started, stopped while somebody else is asked, met, breached."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Now
from django.utils.timezone import now

from bailiwick.apps.claims.choices import ClockKind, Stage
from bailiwick.apps.claims.models import Claim, Clock
from bailiwick.apps.claims.queries.clocks import RULE, lock_overdue
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.lookups import among
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.tenancy.scope import require_scope

START = f"""
INSERT INTO claims_clock (claim_id, kind, subject_id, rule_id, basis, interest, started_at, due_at, paused_seconds)
SELECT claim.id, %(kind)s, coalesce(%(subject)s::uuid, claim.id), rule.id, rule.basis, rule.interest, begun.at,
       begun.at + rule.days * interval '24 hours', 0
{RULE}
    ON CONFLICT DO NOTHING
"""
RESUME = """
UPDATE claims_clock
   SET due_at = due_at + greatest(statement_timestamp() - stood.since, interval '0'),
       paused_seconds = paused_seconds + greatest(0, extract(epoch FROM statement_timestamp() - stood.since))::int,
       paused_at = NULL, met_at = NULL
  FROM (SELECT id, {since} AS since FROM claims_clock
         WHERE organization_id = (SELECT app_organization()) AND claim_id = ANY (%(claims)s::uuid[])
           AND kind = ANY (%(kinds)s) AND {which} FOR UPDATE) stood
 WHERE claims_clock.organization_id = (SELECT app_organization()) AND claims_clock.id = stood.id
"""
CLOSE_REQUESTS = """
WITH closed AS (
    UPDATE claims_informationrequest SET state = 'withdrawn'
     WHERE organization_id = (SELECT app_organization()) AND claim_id = ANY (%(claims)s::uuid[]) AND state = 'open'
    RETURNING claim_id
)
UPDATE claims_clock clock
   SET due_at = due_at + greatest(statement_timestamp() - paused_at, interval '0'), paused_at = NULL,
       paused_seconds = paused_seconds + greatest(0, extract(epoch FROM statement_timestamp() - paused_at))::int
 WHERE organization_id = (SELECT app_organization()) AND claim_id IN (SELECT claim_id FROM closed)
   AND paused_at IS NOT NULL AND met_at IS NULL
"""
STOOD = """
UPDATE claims_clock
   SET due_at = claims_clock.due_at + former.paused_seconds * interval '1 second',
       paused_seconds = former.paused_seconds
  FROM claims_clock former
 WHERE former.organization_id = (SELECT app_organization()) AND former.kind = %(kind)s
   AND former.subject_id = %(former)s
   AND claims_clock.organization_id = (SELECT app_organization()) AND claims_clock.kind = %(kind)s
   AND claims_clock.subject_id = %(claim)s
"""
OURS = (ClockKind.PAYMENT, ClockKind.APPEAL_DECISION)
"""What the organisation has to do in time. Until when an appeal may be filed is for the other side to keep."""
ENDS_PAYMENT = frozenset({Stage.DENIED, Stage.PAID, Stage.EXPIRED, Stage.ADJUSTED, Stage.REPLACED, Stage.VOIDED})
"""Stages in which a claim waits for no payment; one that is approved waits still."""
TAKEN_UP = frozenset({Stage.DENIED, Stage.EXPIRED, Stage.APPEALED})
"""Stages from which a claim is accepted anew."""
CHUNK = 500


def start_clocks(claims: Sequence[Claim]) -> None:
    """Start the clock of prompt payment of claims that were accepted, from when they came in, in one statement.

    Which rule holds is asked of the day they came in, the line of business of the cover on the day of service, and
    whether they came on paper. Without a rule there is no clock; one that runs is left as it is.
    """
    if claims:
        _start(ClockKind.PAYMENT, [claim.id for claim in claims])


def start_clock_of_correction(claim: Claim, *, is_sent_anew: bool) -> None:
    """Start the clock of a next version: from now where the provider sent the claim anew, else that of the former one.

    How long that one stood still counts for this one too.
    """
    if is_sent_anew:
        _start(ClockKind.PAYMENT, [claim.id], at=now())
        return
    start_clocks([claim])
    with connection.cursor() as cursor:
        given = {"kind": ClockKind.PAYMENT.value, "former": claim.replaces_id, "claim": claim.id}
        cursor.execute(STOOD, given)


def start_appeal_clock(claim: Claim, appeal_id: UUID, at: datetime) -> None:
    """Start the clock by which an appeal has to be decided."""
    _start(ClockKind.APPEAL_DECISION, [claim.id], subject_id=appeal_id, at=at)


def _start(
    kind: ClockKind, claim_ids: Sequence[UUID], *, subject_id: UUID | None = None, at: datetime | None = None
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(START, {"kind": kind.value, "subject": subject_id, "at": at, "claims": list(claim_ids)})


def pause_clocks(claims: Sequence[Claim]) -> None:
    """Stop the running clocks of locked claims, because somebody else has to answer first."""
    _running(claims).filter(paused_at=None).update(paused_at=Now())


def resume_clocks(claims: Sequence[Claim]) -> None:
    """Let clocks of locked claims run on: due later by as long as they stood (29 CFR 2560.503-1(i)(4))."""
    _resume(claims, OURS, since="paused_at", which="paused_at IS NOT NULL AND met_at IS NULL")


def _resume(claims: Sequence[Claim], kinds: Sequence[ClockKind], *, since: str, which: str) -> None:
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"claims": [claim.id for claim in claims], "kinds": [kind.value for kind in kinds]}
        cursor.execute(RESUME.format(since=since, which=which), given)


def close_requests(claims: Sequence[Claim]) -> None:
    """Withdraw what is still asked about locked claims, because it was decided without; clocks that stood run on."""
    with connection.cursor() as cursor:
        cursor.execute(CLOSE_REQUESTS, {"claims": [claim.id for claim in claims]})


def follow_moves(claims: Sequence[Claim], origins: Sequence[str], to: Stage) -> None:
    """Have requests and clocks follow claims that moved, in at most two statements, mostly in none.

    What leaves review is asked about no more. A denial meets the clock of payment as a payment does; of a claim that
    is taken up again it stood still meanwhile.
    """
    if leaving := [claim for claim, origin in zip(claims, origins, strict=True) if origin == Stage.UNDER_REVIEW]:
        close_requests(leaving)
    if to in ENDS_PAYMENT:
        meet_clocks(claims, ClockKind.PAYMENT)
    elif to == Stage.ACCEPTED:
        again = [claim for claim, origin in zip(claims, origins, strict=True) if origin in TAKEN_UP]
        if again:
            _resume(again, [ClockKind.PAYMENT], since="met_at", which="met_at IS NOT NULL")


def meet_clocks(claims: Sequence[Claim], kind: ClockKind) -> None:
    """What a clock of locked claims asked for is done; late, when it ran out before."""
    still = Q(paused_at=None, due_at__lt=Now())
    _running(claims).filter(kind=kind).update(
        met_at=Now(), breached_at=Case(When(still & Q(breached_at=None), then=F("due_at")), default=F("breached_at"))
    )


def _running(claims: Sequence[Claim]) -> QuerySet[Clock]:
    return Clock.objects.filter(among("claim_id", [claim.id for claim in claims]), kind__in=OURS, met_at=None)


def mark_breaches(run: Run) -> None:
    """The hourly job: chunk by chunk, say of every clock that ran out that it did."""
    run.done, found = 0, CHUNK
    while found == CHUNK:
        with run.step():
            found = mark_chunk()
            run.done += found


def mark_chunk() -> int:
    """Mark up to CHUNK clocks of the organisation in scope that ran out, those first that did so first."""
    with transaction.atomic(savepoint=False):
        clocks = lock_overdue(before=now(), limit=CHUNK)
        if clocks:
            Clock.objects.filter(among("id", [clock.id for clock in clocks])).update(breached_at=F("due_at"))
            organization_id = require_scope().organization_id
            assert organization_id
            house = ActorRef(organization_id, None, Credential.SYSTEM)
            record(house, "claims.clock.breached", clocks[0], {"count": len(clocks)})
        return len(clocks)
