"""What covers' members have used up in a calendar year: always the sum of the judgements that count."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection

from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.values.cases import ZERO
from bailiwick.kernel.tenancy.scope import require_scope

# The order of keys is the order of locks, of rows that are made too.
OPEN = """
INSERT INTO claims_accumulator (coverage_id, year, deductible, out_of_pocket)
SELECT DISTINCT c.id, wanted.year, 0, 0
  FROM unnest(%(patients)s::uuid[], %(years)s::smallint[]) wanted(patient, year)
  JOIN claims_coverage c ON c.organization_id = %(organization)s AND c.patient_id = wanted.patient
 WHERE c.plan_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM claims_accumulator a
                    WHERE a.organization_id = c.organization_id AND a.coverage_id = c.id AND a.year = wanted.year)
 ORDER BY 1, 2
ON CONFLICT (organization_id, coverage_id, year) DO NOTHING
"""
TAKE = """
UPDATE claims_accumulator a
   SET deductible = a.deductible + taken.deductible, out_of_pocket = a.out_of_pocket + taken.out_of_pocket
  FROM unnest(%(covers)s::uuid[], %(years)s::smallint[], %(deductibles)s::numeric[], %(spent)s::numeric[])
       taken(coverage, year, deductible, out_of_pocket)
 WHERE a.organization_id = %(organization)s AND a.coverage_id = taken.coverage AND a.year = taken.year
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a judgement takes of a cover's year; below zero what it gives back."""

    coverage_id: UUID
    year: int
    deductible: Decimal
    out_of_pocket: Decimal


def open_accumulators(claims: Sequence[Claim]) -> None:
    """See that there is a row to lock for every plan that may be asked about some claims."""
    wanted = sorted({(claim.patient_id, claim.service_date.year) for claim in claims})
    asked = {
        "organization": require_scope().organization_id,
        "patients": [patient for patient, _year in wanted],
        "years": [year for _patient, year in wanted],
    }
    with connection.cursor() as cursor:
        cursor.execute(OPEN, asked)


def take_used(every: Iterable[Taken]) -> None:
    """Add what judgements take, in one statement; the rows are locked by whoever read them."""
    sums: dict[tuple[UUID, int], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for each in every:
        if each.deductible or each.out_of_pocket:
            of_year = sums[each.coverage_id, each.year]
            of_year[0] += each.deductible
            of_year[1] += each.out_of_pocket
    if not sums:
        return
    asked = {
        "organization": require_scope().organization_id,
        "covers": [cover for cover, _year in sums],
        "years": [year for _cover, year in sums],
        "deductibles": [deductible for deductible, _spent in sums.values()],
        "spent": [spent for _deductible, spent in sums.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, asked)
