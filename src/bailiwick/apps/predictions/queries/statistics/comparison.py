"""Two versions of models on the same items: what each said, and which of them people agree with."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from bailiwick.apps.predictions.models import ModelVersion, Prediction
from bailiwick.apps.predictions.queries.statistics.deltas import CHOSEN, STANDING, bounds
from bailiwick.apps.predictions.queries.statistics.figures import VERDICTS, Agreement, table_of
from bailiwick.apps.predictions.rules.comparison import Difference, mcnemar
from bailiwick.apps.predictions.rules.intervals import Share
from bailiwick.kernel.tenancy.scope import require_scope

# An item is a product with a text; of what one version said of it more than once, the last counts.
SAME = """
SELECT a.id AS one, b.id AS two, a.verdict AS first, b.verdict AS second
  FROM (SELECT DISTINCT ON (product_id, md5(text)) id, product_id, md5(text) AS text, verdict
          FROM predictions_prediction WHERE organization_id = %(organization)s AND model_id = %(one)s
         ORDER BY product_id, md5(text), id DESC) a
  JOIN (SELECT DISTINCT ON (product_id, md5(text)) id, product_id, md5(text) AS text, verdict
          FROM predictions_prediction WHERE organization_id = %(organization)s AND model_id = %(two)s
         ORDER BY product_id, md5(text), id DESC) b USING (product_id, text)
"""
JUDGED = f"""
WITH same AS MATERIALIZED ({SAME}),
{CHOSEN.format(chosen="SELECT one AS id FROM same UNION SELECT two FROM same")} {STANDING}, judged AS (
    SELECT same.*, coalesce(a.verdict, b.verdict) AS final, coalesce(a.verdict <> b.verdict, false) AS is_contested
      FROM same
      LEFT JOIN settled a ON a.subject_id = same.one
      LEFT JOIN settled b ON b.subject_id = same.two
)
"""
COUNTED = "SELECT first, second, final, is_contested, count(*) FROM judged GROUP BY 1, 2, 3, 4"
FINAL = "NOT is_contested AND final IS NOT NULL"
CASES = {
    "same": "true",
    "decided": FINAL,
    "open": "final IS NULL",
    "contested": "is_contested",
    "first": f"{FINAL} AND final = first",
    "second": f"{FINAL} AND final = second",
    "both": f"{FINAL} AND final = first AND final = second",
    "only-first": f"{FINAL} AND final = first AND final <> second",
    "only-second": f"{FINAL} AND final <> first AND final = second",
    "neither": f"{FINAL} AND final <> first AND final <> second",
} | {f"{one}-{two}": f"first = '{one}' AND second = '{two}'" for one in VERDICTS for two in VERDICTS}
"""What may be asked of the items that two versions judged: who was right, or what each said."""


@dataclass(frozen=True)
class Comparison:
    """Items that both versions judged; rows are what they said, what people finally said, whether that contradicts."""

    one: ModelVersion
    two: ModelVersion
    rows: Iterable[tuple[str, str, str | None, bool, int]]

    def count(self, case: str) -> int:
        return self._counts[case]

    @cached_property
    def _counts(self) -> dict[str, int]:
        counts = dict.fromkeys(CASES, 0)
        for first, second, final, is_contested, n in self.rows:
            for case in _cases_of(first, second, final, is_contested):
                counts[case] += n
        return counts

    @property
    def agreement(self) -> Agreement:
        return Agreement(table_of((first, second, n) for first, second, _final, _contested, n in self.rows))

    @property
    def first(self) -> Share:
        return Share(self.count("first"), self.count("decided"))

    @property
    def second(self) -> Share:
        return Share(self.count("second"), self.count("decided"))

    @property
    def difference(self) -> Difference | None:
        return mcnemar(self.count("only-first"), self.count("only-second"))


def _cases_of(first: str, second: str, final: str | None, is_contested: bool) -> list[str]:
    cases = ["same", f"{first}-{second}"]
    if final is None or is_contested:
        return [*cases, "open" if final is None else "contested"]
    right = (first == final, second == final)
    which = {(True, True): "both", (True, False): "only-first", (False, True): "only-second", (False, False): "neither"}
    return [
        *cases,
        "decided",
        which[right],
        *(name for name, hit in zip(("first", "second"), right, strict=True) if hit),
    ]


def compare(one: ModelVersion, two: ModelVersion) -> Comparison:
    """What two versions said of the same items."""
    with connection.cursor() as cursor:
        cursor.execute(JUDGED + COUNTED, _values(one.id, two.id))
        return Comparison(one, two, cursor.fetchall())


def in_comparison(rows: QuerySet[Prediction], one: UUID, two: UUID, case: str) -> QuerySet[Prediction]:
    """Predictions of the first version that another judged, too, and of which a case holds."""
    values, statement = _values(one, two), f"{JUDGED} SELECT one FROM judged WHERE {CASES[case]}"
    # Django knows values by their places alone.
    given = [values[name] for name in re.findall(r"%\((\w+)\)s", statement)]
    return rows.filter(id__in=RawSQL(re.sub(r"%\(\w+\)s", "%s", statement), given))  # noqa: S611  no input in it


def _values(one: UUID, two: UUID) -> dict[str, Any]:
    return bounds(require_scope().organization_id) | {"one": one, "two": two}
