"""How claims were judged."""

from django.db.models import Prefetch, QuerySet

from bailiwick.apps.claims.models import Adjudication, AdjudicationLine, Claim


def list_adjudications(claim: Claim) -> QuerySet[Adjudication]:
    """Every judgement of a claim with its lines, the latest first."""
    lines = Prefetch("lines", AdjudicationLine.objects.order_by("sequence"))
    rows = Adjudication.objects.filter(claim=claim).select_related("rule_set", "member").prefetch_related(lines)
    return rows.order_by("-version")
