"""What is wrong with claims before anybody judges them."""

from collections.abc import Sequence

from django.utils.timezone import localdate

from bailiwick.apps.claims.queries.codes import open_book
from bailiwick.apps.claims.queries.named import find_births, find_npis
from bailiwick.apps.claims.rules.edits import Known, check_claim, codes_of
from bailiwick.apps.claims.values.claims import NewClaim
from bailiwick.apps.claims.values.codes import Edit


def find_edits(rows: Sequence[NewClaim]) -> list[list[Edit]]:
    """The front-end edits of some claims, in their order: none for one that is taken in.

    At most five statements however many there are. What no loaded release covers on its day is judged by its form.
    """
    if not rows:
        return []
    known = Known(
        localdate(),
        find_npis({row.provider_id for row in rows}),
        find_births({row.patient_id for row in rows}),
        open_book({named for row in rows for named in codes_of(row)}),
    )
    return [check_claim(row, known) for row in rows]
