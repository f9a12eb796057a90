"""The filters of lists of claims, the same for pages and API."""

from django.db.models import QuerySet

from bailiwick.apps.claims.models import Claim

ORDERINGS = ("-id", "service_date", "-service_date", "amount", "-amount", "status", "-status")
"""The newest first, unless another is asked for."""


def numbered(rows: QuerySet[Claim], number: str) -> QuerySet[Claim]:
    """Claims of this number, in whatever case it was typed."""
    return rows.filter(number=number.strip().upper())
