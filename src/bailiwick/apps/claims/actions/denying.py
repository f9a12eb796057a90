"""Denying claims: by a person, for a reason of the catalogue, on record as a judgement that balances."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db import connection
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
from bailiwick.kernel.tenancy.scope import require_scope

# Where no reason is given and adjudication has found the present revision to be denied, that is confirmed.
FOUND = "%(code)s = '' AND a.outcome = %(denied)s AND a.pend <> '' AND a.revision = "
DENY = f"""
INSERT INTO claims_adjudication (claim_id, version, revision, rule_set_id, coverage_id, member_id, outcome, pend,
                                 is_final, billed, allowed, paid, adjusted, patient_owes, deductible, out_of_pocket,
                                 difference, currency, trace)
SELECT c.id, coalesce(last.version, 0) + 1, c.revision, found.rule_set_id, found.coverage_id, %(member)s::uuid,
       %(denied)s, '', true, sums.billed, coalesce(found.allowed, 0), 0, sums.billed,
       coalesce(found.patient_owes, CASE WHEN %(group)s = 'PR' THEN sums.billed ELSE 0 END), 0, 0,
       -coalesce(counted.paid, 0), c.currency,
       coalesce(found.trace, '[]') || '[{{"step": "denial", "said": "by_person"}}]'
  FROM unnest(%(claims)s::uuid[]) given(id)
  JOIN claims_claim c ON c.organization_id = %(organization)s AND c.id = given.id
  LEFT JOIN LATERAL (
       SELECT a.* FROM claims_adjudication a
        WHERE a.organization_id = c.organization_id AND a.claim_id = c.id ORDER BY a.version DESC LIMIT 1) last ON true
  LEFT JOIN LATERAL (SELECT a.* FROM (SELECT last.*) a WHERE {FOUND} c.revision) found ON true
  LEFT JOIN LATERAL (
       SELECT a.paid FROM claims_adjudication a
        WHERE a.organization_id = c.organization_id AND a.claim_id IN (c.id, c.replaces_id) AND a.is_final
        ORDER BY a.claim_id = c.id DESC, a.version DESC LIMIT 1) counted ON true
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(l.amount), 0) AS billed FROM claims_claimline l
        WHERE l.organization_id = c.organization_id AND l.claim_id = c.id AND l.revision = c.revision
          AND strpos(l.place, '.') = 0) sums
RETURNING id, claim_id, version, revision, allowed, patient_owes
"""
DENY_LINES = f"""
INSERT INTO claims_adjudicationline (adjudication_id, sequence, billed, allowed, paid, adjusted, trace)
SELECT made.id, each.sequence, each.billed, each.allowed, 0, each.billed, each.trace
  FROM unnest(%(made)s::uuid[], %(claims)s::uuid[], %(versions)s::smallint[], %(revisions)s::smallint[])
       made(id, claim_id, version, revision)
  LEFT JOIN LATERAL (
       SELECT a.id FROM claims_adjudication a
        WHERE a.organization_id = %(organization)s AND a.claim_id = made.claim_id AND a.version = made.version - 1
          AND {FOUND} made.revision) found ON true
 CROSS JOIN LATERAL (
       SELECT l.sequence, l.billed, l.allowed, l.trace FROM claims_adjudicationline l
        WHERE l.organization_id = %(organization)s AND l.adjudication_id = found.id
        UNION ALL
       SELECT l.sequence, l.amount, 0, jsonb_build_array(jsonb_build_object(
                  'step', 'denial', 'said', 'denied', 'adjustments', jsonb_build_array(jsonb_build_object(
                      'group', %(group)s::text, 'code', %(given)s::text, 'amount', l.amount::text))))
         FROM claims_claimline l
        WHERE found.id IS NULL AND l.organization_id = %(organization)s AND l.claim_id = made.claim_id
          AND l.revision = made.revision AND strpos(l.place, '.') = 0) each
"""
NOTHING = Decimal("0.00")


def deny_claims(*, claims: Sequence[Claim], mover: Mover, member_id: UUID | None, reason: str, code: str = "") -> None:
    """Deny locked claims that are open, in a fixed number of statements: all that is billed is adjusted by the reason.

    `code` is a CARC; without one what adjudication found is confirmed, else it is A1, which the words explain. What was
    paid for a former version is owed back. Raises InvalidInput, MoveRefused, ReasonMissing.
    """
    require_denial(code)
    if not claims:
        return
    given = code or UNSAID
    asked = {
        "claims": [claim.id for claim in claims],
        "member": member_id,
        "denied": Outcome.DENIED.value,
        "code": code,
        "given": given,
        "group": group_of(given),
    }
    made = fetch(DENY, asked)
    columns = dict(zip(("made", "claims", "versions", "revisions"), map(list, zip(*made, strict=True)), strict=False))
    with connection.cursor() as cursor:
        cursor.execute(DENY_LINES, {**asked, **columns, "organization": require_scope().organization_id})
    found = {row[1]: row[4:] for row in made}
    move_claims(
        claims,
        Stage.DENIED,
        mover=mover,
        member_id=member_id,
        reason=reason,
        rejection_reason=reason,
        approval_reason=None,
        decided_at=Now(),
        paid=NOTHING,
        allowed=newest("allowed") if any(allowed for allowed, _owes in found.values()) else NOTHING,
        patient_owes=newest("patient_owes") if any(owes for _allowed, owes in found.values()) else NOTHING,
    )
    for claim in claims:
        claim.allowed, claim.patient_owes = found[claim.id]
        if claim.version > 1:
            take_back(claim, member_id=member_id)


def require_denial(code: str) -> None:
    """Raises InvalidInput for what is no reason to deny; none is in order."""
    if code and code not in DENIALS:
        raise InvalidInput({"reason_code": [_("This is no reason to deny a claim. Give a CARC of the catalogue.")]})
