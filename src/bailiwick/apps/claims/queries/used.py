"""What covers' members have used up in a calendar year."""

from collections.abc import Iterable, Mapping
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
