"""Denying claims: by a person, for a reason of the catalogue, on record as a judgement that balances."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.judgements import newest
from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.actions.paying import take_back
from bailiwick.apps.claims.choices import Mover, Outcome, Stage
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.reading import fetch
from bailiwick.apps.claims.rules.reasons import DENIALS, UNSAID, group_of
from bailiwick.kernel.base.errors import InvalidInput

# Where no reason is given and adjudication has found the present revision to be denied, its lines are confirmed.
DENY = """
WITH judged AS (
    SELECT c.id, c.revision, c.currency, coalesce(last.version, 0) AS version, coalesce(counted.paid, 0) AS paid,
           CASE WHEN %(code)s = '' AND last.outcome = %(denied)s AND last.pend <> '' AND last.revision = c.revision
                THEN last.id END AS found
      FROM claims_claim c
      LEFT JOIN LATERAL (
           SELECT a.id, a.version, a.outcome, a.pend, a.revision FROM claims_adjudication a
            WHERE a.organization_id = c.organization_id AND a.claim_id = c.id
            ORDER BY a.version DESC LIMIT 1) last ON true
      LEFT JOIN LATERAL (
           SELECT a.paid FROM claims_adjudication a
            WHERE a.organization_id = c.organization_id AND a.claim_id IN (c.id, c.replaces_id) AND a.is_final
            ORDER BY a.claim_id = c.id DESC, a.version DESC LIMIT 1) counted ON true
     WHERE c.organization_id = %(organization)s AND c.id = ANY (%(claims)s)
), lines AS (
    SELECT judged.id AS claim_id, l.sequence, l.billed, l.allowed, l.trace FROM judged
      JOIN claims_adjudicationline l ON l.organization_id = %(organization)s AND l.adjudication_id = judged.found
     UNION ALL
    SELECT judged.id, l.sequence, l.amount, 0, jsonb_build_array(jsonb_build_object(
               'step', 'denial', 'said', 'denied', 'adjustments', CASE WHEN l.amount = 0 THEN '[]' ELSE
               jsonb_build_array(jsonb_build_object(
                   'group', %(group)s::text, 'code', %(given)s::text, 'amount', l.amount::text)) END))
      FROM judged
      JOIN claims_claimline l ON l.organization_id = %(organization)s AND l.claim_id = judged.id
                             AND l.revision = judged.revision AND strpos(l.place, '.') = 0
     WHERE judged.found IS NULL
), sums AS (
    SELECT claim_id, sum(billed) AS billed, sum(allowed) AS allowed FROM lines GROUP BY claim_id
), made AS (
    INSERT INTO claims_adjudication (claim_id, version, revision, rule_set_id, coverage_id, member_id, outcome, pend,
                                     is_final, billed, allowed, paid, adjusted, patient_owes, deductible,
                                     out_of_pocket, difference, currency, trace)
    SELECT judged.id, judged.version + 1, judged.revision, before.rule_set_id, before.coverage_id, %(member)s::uuid,
           %(denied)s, '', true, coalesce(sums.billed, 0), coalesce(sums.allowed, 0), 0, coalesce(sums.billed, 0),
           coalesce(before.patient_owes, CASE WHEN %(group)s = 'PR' THEN sums.billed END, 0), 0, 0, -judged.paid,
           judged.currency, coalesce(before.trace, '[]') || '[{"step": "denial", "said": "by_person"}]'
      FROM judged
      LEFT JOIN sums ON sums.claim_id = judged.id
      LEFT JOIN claims_adjudication before ON before.organization_id = %(organization)s AND before.id = judged.found
     ORDER BY judged.id
    RETURNING id, claim_id, allowed, patient_owes
), written AS (
    INSERT INTO claims_adjudicationline (adjudication_id, sequence, billed, allowed, paid, adjusted, trace)
    SELECT made.id, lines.sequence, lines.billed, lines.allowed, 0, lines.billed, lines.trace
      FROM made JOIN lines ON lines.claim_id = made.claim_id
)
SELECT claim_id, allowed, patient_owes FROM made
"""


def deny_claims(*, claims: Sequence[Claim], mover: Mover, member_id: UUID | None, reason: str, code: str = "") -> None:
    """Deny locked claims that are open, in a fixed number of statements: all that is billed is adjusted by the reason.

    `code` is a CARC; without one what adjudication found is confirmed, else it is A1, which the words explain. What was
    paid for a former version is owed back. Raises InvalidInput, MoveRefused, ReasonMissing.
    """
    require_denial(code)
    given = code or UNSAID
    asked = {
        "claims": [claim.id for claim in claims],
        "member": member_id,
        "denied": Outcome.DENIED.value,
        "code": code,
        "given": given,
        "group": group_of(given),
    }
    found: dict[UUID, tuple[Decimal, Decimal]] = {key: (allowed, owes) for key, allowed, owes in fetch(DENY, asked)}
    move_claims(
        claims,
        Stage.DENIED,
        mover=mover,
        member_id=member_id,
        reason=reason,
        rejection_reason=reason,
        approval_reason=None,
        decided_at=Now(),
        allowed=newest("allowed"),
        paid=newest("paid"),
        patient_owes=newest("patient_owes"),
    )
    for claim in claims:
        claim.allowed, claim.patient_owes = found[claim.id]
        claim.paid = Decimal("0.00")
        if claim.version > 1:
            take_back(claim, member_id=member_id)


def require_denial(code: str) -> None:
    """Raises InvalidInput for what is no reason to deny; none is in order."""
    if code and code not in DENIALS:
        raise InvalidInput({"reason_code": [_("This is no reason to deny a claim. Give a CARC of the catalogue.")]})
