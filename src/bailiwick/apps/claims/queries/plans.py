"""Plans with their benefits, covers, and what was used up of them; fee schedules with their prices."""

from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from bailiwick.apps.claims.manifest import CONFIGURE, MANAGE
from bailiwick.apps.claims.models import (
    Accumulator,
    Benefit,
    Coverage,
    Fee,
    FeeSchedule,
    Patient,
    Plan,
    PriorAuthorization,
)
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound

MOST_PLANS = 1_000
"""As many as a form offers."""


def list_plans(actor: Actor) -> QuerySet[Plan]:
    """Every plan of the organisation, by name."""
    actor.require(CONFIGURE)
    return Plan.objects.annotate(benefit_count=Count("benefits")).order_by("name")


def list_offered(actor: Actor) -> list[Plan]:
    """The plans by which a patient may be covered, by name, for who manages covers."""
    actor.require(MANAGE)
    return list(Plan.objects.order_by("name")[:MOST_PLANS])


def get_plan(actor: Actor, plan_id: UUID) -> Plan:
    """Raises NotFound."""
    actor.require(CONFIGURE)
    found: Plan = _found(Plan.objects.filter(id=plan_id))
    return found


def lock_plan(plan_id: UUID) -> Plan:
    """Raises NotFound."""
    found: Plan = _found(Plan.objects.select_for_update().filter(id=plan_id))
    return found


def list_benefits(plan: Plan) -> QuerySet[Benefit]:
    """What a plan says of single services, in the order of writing."""
    return Benefit.objects.filter(plan=plan).order_by("id")


def get_benefit(actor: Actor, benefit_id: UUID) -> Benefit:
    """Raises NotFound."""
    actor.require(CONFIGURE)
    found: Benefit = _found(Benefit.objects.select_related("plan").filter(id=benefit_id))
    return found


def lock_benefit(benefit_id: UUID) -> Benefit:
    """Raises NotFound."""
    found: Benefit = _found(Benefit.objects.select_for_update().filter(id=benefit_id))
    return found


def list_coverages(patient: Patient) -> QuerySet[Coverage]:
    """The covers of a patient whom the actor sees, in the order in which they pay."""
    return Coverage.objects.filter(patient=patient).select_related("plan").order_by("order", "id")


def get_coverage(patient: Patient, coverage_id: UUID) -> Coverage:
    """One cover of a patient whom the actor sees; raises NotFound."""
    found: Coverage = _found(list_coverages(patient).filter(id=coverage_id))
    return found


def list_authorizations(patient: Patient) -> QuerySet[PriorAuthorization]:
    """What was promised to a patient whom the actor sees, what ends last first."""
    rows = PriorAuthorization.objects.filter(patient=patient).select_related("provider")
    return rows.order_by("-valid_until", "-id")


def list_used(patient: Patient) -> QuerySet[Accumulator]:
    """What a patient's covers have used up, the latest year first."""
    rows = Accumulator.objects.filter(coverage__patient=patient).select_related("coverage__plan")
    return rows.order_by("-year", "id")


def lock_coverage(coverage_id: UUID) -> Coverage:
    """Raises NotFound."""
    found: Coverage = _found(Coverage.objects.select_for_update().filter(id=coverage_id))
    return found


def list_schedules(actor: Actor) -> QuerySet[FeeSchedule]:
    """Every fee schedule of the organisation, newest first."""
    actor.require(CONFIGURE)
    rows = FeeSchedule.objects.select_related("plan", "provider")
    return rows.annotate(fee_count=Count("fees")).order_by("-id")


def get_schedule(actor: Actor, schedule_id: UUID) -> FeeSchedule:
    """Raises NotFound."""
    actor.require(CONFIGURE)
    found: FeeSchedule = _found(FeeSchedule.objects.select_related("plan", "provider").filter(id=schedule_id))
    return found


def lock_schedule(schedule_id: UUID) -> FeeSchedule:
    """Raises NotFound."""
    found: FeeSchedule = _found(FeeSchedule.objects.select_for_update().filter(id=schedule_id))
    return found


def list_fees(schedule: FeeSchedule) -> QuerySet[Fee]:
    """The prices of a schedule, by code."""
    return Fee.objects.filter(schedule=schedule).order_by("procedure_code", "modifier", "id")


def _found(rows: QuerySet[Any]) -> Any:
    found = rows.first()
    if found is None:
        raise NotFound
    return found
