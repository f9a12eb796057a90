"""Writing what adjudication made of many claims: judgements with their lines, and what covers have used up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import OuterRef, Subquery

from bailiwick.apps.claims.actions.accumulators import Taken, take_used
from bailiwick.apps.claims.models import Adjudication, Claim, RuleSet
from bailiwick.apps.claims.queries.reading import fetch
from bailiwick.apps.claims.values.cases import Result
from bailiwick.kernel.base.identifiers import new_uuid7

# Of each claim its last version, and what counted of it, or of the version that it replaces, so far.
BEFORE = """
SELECT judged.id, coalesce(last.version, 0), coalesce(counted.paid, 0)
  FROM unnest(%(ids)s::uuid[], %(replaced)s::uuid[]) judged(id, replaced)
  LEFT JOIN LATERAL (
       SELECT a.version FROM claims_adjudication a
        WHERE a.organization_id = %(organization)s AND a.claim_id = judged.id
        ORDER BY a.version DESC LIMIT 1) last ON true
  LEFT JOIN LATERAL (
       SELECT a.paid FROM claims_adjudication a
        WHERE a.organization_id = %(organization)s AND a.claim_id IN (judged.id, judged.replaced) AND a.is_final
        ORDER BY a.claim_id = judged.id DESC, a.version DESC LIMIT 1) counted ON true
"""
# Arrays go in binary: as text they take several times as long to write as the rows themselves.
INSERT = """
INSERT INTO claims_adjudication (id, claim_id, version, revision, rule_set_id, coverage_id, member_id, outcome, pend,
                                 is_final, billed, allowed, paid, adjusted, patient_owes, deductible, out_of_pocket,
                                 difference, currency, trace)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::smallint[], %b::smallint[], %b::uuid[], %b::uuid[], %b::uuid[],
                     %b::text[], %b::text[], %b::bool[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[],
                     %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %b::text[], %b::jsonb[])
"""
INSERT_LINES = """
INSERT INTO claims_adjudicationline (adjudication_id, sequence, billed, allowed, paid, adjusted, trace)
SELECT * FROM unnest(%b::uuid[], %b::smallint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[],
                     %b::jsonb[])
"""
COLUMNS = (
    "id",
    "claim_id",
    "version",
    "revision",
    "rule_set_id",
    "coverage_id",
    "member_id",
    "outcome",
    "pend",
    "is_final",
    "billed",
    "allowed",
    "paid",
    "adjusted",
    "patient_owes",
    "deductible",
    "out_of_pocket",
    "difference",
    "currency",
)


@dataclass(frozen=True, slots=True)
class Before:
    """The last version of a claim's judgements, and what was paid by the one that counted."""

    version: int
    paid: Decimal


def write_judgements(
    claims: Sequence[Claim],
    results: Sequence[Result],
    finals: Sequence[bool],
    *,
    rule_set: RuleSet | None,
    member_id: UUID | None,
) -> list[Adjudication]:
    """Store what came out for locked claims, in three statements, and what the final ones take of covers, in one."""
    before = find_before(claims)
    made = [
        _make(claim, result, is_final, before[claim.id], rule_set, member_id)
        for claim, result, is_final in zip(claims, results, finals, strict=True)
    ]
    insert_judgements(made, results)
    take_used(
        Taken(result.coverage_id, result.year, result.deductible, result.out_of_pocket)
        for result, is_final in zip(results, finals, strict=True)
        if is_final and result.coverage_id
    )
    return made


def newest(name: str) -> Subquery:
    """A column of a claim's newest judgement, for the claim: what was just stored."""
    return Subquery(Adjudication.objects.filter(claim=OuterRef("pk")).order_by("-version").values(name)[:1])


def find_before(claims: Sequence[Claim]) -> dict[UUID, Before]:
    """What was judged of some claims so far, or counted of the versions that they replace."""
    asked = {"ids": [claim.id for claim in claims], "replaced": [claim.replaces_id for claim in claims]}
    return {key: Before(version, paid) for key, version, paid in fetch(BEFORE, asked)}


def _make(
    claim: Claim, result: Result, is_final: bool, before: Before, rule_set: RuleSet | None, member_id: UUID | None
) -> Adjudication:
    paid = result.paid
    return Adjudication(
        id=new_uuid7(),
        claim_id=claim.id,
        version=before.version + 1,
        revision=claim.revision,
        rule_set_id=rule_set.id if rule_set else None,
        coverage_id=result.coverage_id,
        member_id=member_id,
        outcome=result.outcome,
        pend=result.pend,
        is_final=is_final,
        billed=result.billed,
        allowed=result.allowed,
        paid=paid,
        adjusted=result.adjusted,
        patient_owes=result.patient_owes,
        deductible=result.deductible,
        out_of_pocket=result.out_of_pocket,
        difference=paid - before.paid,
        currency=claim.currency,
        trace=list(result.trace),
    )


def insert_judgements(made: Sequence[Adjudication], results: Sequence[Result]) -> None:
    """Store judgements and their lines."""
    rows = [(*(getattr(each, name) for name in COLUMNS), _write(each.trace)) for each in made]
    lines = [
        (each.id, line.sequence, line.billed, line.allowed, line.paid, line.adjusted, _write(line.trace))
        for each, result in zip(made, results, strict=True)
        for line in result.lines
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])
        if lines:
            cursor.execute(INSERT_LINES, [list(column) for column in zip(*lines, strict=True)])


def _write(trace: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(trace, default=str).decode()
