"""What covers' members have used up in a calendar year."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from bailiwick.apps.claims.queries.reading import fetch
from bailiwick.apps.claims.values.cases import CaseCoverage, Used

# The order of keys is the order of locks.
READ = """
SELECT a.coverage_id, a.year, a.deductible, a.out_of_pocket
  FROM claims_accumulator a
  JOIN unnest(%(covers)s::uuid[], %(years)s::smallint[]) wanted(coverage, year)
    ON a.coverage_id = wanted.coverage AND a.year = wanted.year
 WHERE a.organization_id = %(organization)s
 ORDER BY a.coverage_id, a.year
"""
LOCK = " FOR UPDATE OF a"
TAKEN = """
SELECT a.coverage_id, extract(year FROM c.service_date)::int, sum(a.deductible), sum(a.out_of_pocket)
  FROM claims_claim c
  JOIN LATERAL (
       SELECT a.coverage_id, a.deductible, a.out_of_pocket FROM claims_adjudication a
        WHERE a.organization_id = c.organization_id AND a.claim_id = c.id AND a.is_final
        ORDER BY a.version DESC LIMIT 1) a ON a.coverage_id IS NOT NULL
 WHERE c.organization_id = %(organization)s AND c.id = ANY (%(claims)s) AND c.is_live
 GROUP BY 1, 2
"""


def load_used(
    covers: Mapping[UUID, Iterable[CaseCoverage]], years: Mapping[UUID, Iterable[int]], *, locks: bool
) -> dict[tuple[UUID, int], Used]:
    """By cover and year what is used up of some patients' plans; locked, nobody else adds to it until the end."""
    wanted = [
        (cover.id, year)
        for patient, theirs in covers.items()
        for cover in theirs
        if cover.plan
        for year in years.get(patient, ())
    ]
    if not wanted:
        return {}
    asked = {"covers": [key for key, _year in wanted], "years": [year for _key, year in wanted]}
    rows = fetch(READ + LOCK if locks else READ, asked)
    return {(cover, year): Used(deductible, spent) for cover, year, deductible, spent in rows}


def load_taken(claim_ids: Sequence[UUID]) -> dict[tuple[UUID, int], Used]:
    """By cover and year what some claims have taken by the judgements that count."""
    rows = fetch(TAKEN, {"claims": list(claim_ids)})
    return {(cover, year): Used(deductible, spent) for cover, year, deductible, spent in rows}
