"""Which deadlines hold for a claim, and which run out."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from bailiwick.apps.claims.choices import ClockKind
from bailiwick.apps.claims.manifest import CONFIGURE
from bailiwick.apps.claims.models import Clock, ClockRule
from bailiwick.apps.claims.queries.claims import list_claims
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound

RULE = """
  FROM claims_claim claim
 CROSS JOIN LATERAL (SELECT coalesce(%(at)s::timestamptz, claim.submitted_at) AS at) begun
  LEFT JOIN LATERAL (
    SELECT plan.line_of_business
      FROM claims_coverage cover
      JOIN claims_plan plan ON plan.organization_id = cover.organization_id AND plan.id = cover.plan_id
     WHERE cover.organization_id = claim.organization_id AND cover.patient_id = claim.patient_id
       AND cover.valid_from <= claim.service_date
       AND (cover.valid_until IS NULL OR cover.valid_until >= claim.service_date)
     ORDER BY cover."order", cover.id LIMIT 1) covered ON true
 CROSS JOIN LATERAL (
    SELECT one.id, one.basis, one.interest, one.days
      FROM claims_clockrule one
     WHERE one.organization_id = claim.organization_id AND one.kind = %(kind)s
       AND one.line_of_business IN ('', covered.line_of_business)
       AND (one.is_paper IS NULL OR one.is_paper = claim.is_paper)
       AND one.valid_from <= begun.at::date AND (one.valid_until IS NULL OR one.valid_until >= begun.at::date)
     ORDER BY one.line_of_business = '', one.is_paper IS NULL, one.valid_from DESC, one.id LIMIT 1) rule
 WHERE claim.organization_id = (SELECT app_organization()) AND claim.id = ANY (%(claims)s::uuid[])
"""
"""Claims with the one rule of a kind that holds for each: the one for its line of business before the general one."""


def find_filing_end(claim_id: UUID, since: datetime) -> datetime | None:
    """Until when something decided at a moment may be appealed; None where no rule bounds it."""
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"kind": ClockKind.APPEAL_FILING.value, "claims": [claim_id], "at": since}
        cursor.execute(f"SELECT rule.days {RULE}", given)
        row = cursor.fetchone()
    return since + timedelta(days=row[0]) if row else None


def lock_overdue(*, before: datetime, limit: int) -> list[Clock]:
    """Clocks that ran out and are not marked yet; none of those that somebody else marks at this moment."""
    rows = Clock.objects.filter(met_at=None, breached_at=None, paused_at=None, due_at__lt=before)
    return list(rows.order_by("due_at", "id").select_for_update(skip_locked=True)[:limit])


def list_clocks(actor: Actor) -> QuerySet[Clock]:
    """Clocks of the claims that the actor may see."""
    rows = Clock.objects.filter(claim__in=list_claims(actor).order_by())
    return rows.select_related("claim__assigned_processor", "rule").order_by("id")


def list_clock_rules(actor: Actor) -> QuerySet[ClockRule]:
    """Every deadline of the organisation, for who sets it up, the newest first."""
    return ClockRule.objects.order_by("-id") if actor.may(CONFIGURE) else ClockRule.objects.none()


def get_clock_rule(actor: Actor, rule_id: UUID) -> ClockRule:
    """One of them; raises NotFound."""
    return _found(list_clock_rules(actor).filter(id=rule_id))


def lock_clock_rule(rule_id: UUID) -> ClockRule:
    """One of them, locked; raises NotFound."""
    return _found(ClockRule.objects.select_for_update().filter(id=rule_id))


def _found(rows: QuerySet[ClockRule]) -> ClockRule:
    found = rows.first()
    if found is None:
        raise NotFound
    return found
