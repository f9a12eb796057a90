"""Plans, what they promise, and who is covered by them."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from bailiwick.apps.claims.manifest import CONFIGURE, MANAGE
from bailiwick.apps.claims.models import Benefit, Coverage, Plan, PriorAuthorization
from bailiwick.apps.claims.queries.parties import lock_patient
from bailiwick.apps.claims.queries.plans import lock_benefit, lock_coverage, lock_plan
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput


def add_plan(*, actor: Actor, **values: Any) -> Plan:
    """Add a plan; raises InvalidInput beside "name" where there is one of that name."""
    actor.require(CONFIGURE)
    with transaction.atomic(savepoint=False):
        plan: Plan = unless_taken("name", lambda: Plan.objects.create(**values))
        record(actor.ref, "claims.plan.added", plan)
        return plan


def change_plan(*, actor: Actor, plan_id: UUID, **values: Any) -> Plan:
    """Change what a plan promises from now on; what was judged before stays as it was judged."""
    actor.require(CONFIGURE)
    with transaction.atomic(savepoint=False):
        plan = lock_plan(plan_id)
        unless_taken("name", lambda: _store(plan, values))
        record(actor.ref, "claims.plan.changed", plan)
        return plan


def add_benefit(*, actor: Actor, plan_id: UUID, **values: Any) -> Benefit:
    """Say what a plan promises for some services, from a day on."""
    actor.require(CONFIGURE)
    check_period(values["valid_from"], values.get("valid_until"))
    with transaction.atomic(savepoint=False):
        benefit: Benefit = Benefit.objects.create(plan=lock_plan(plan_id), **values)
        record(actor.ref, "claims.benefit.added", benefit, {"plan": str(plan_id)})
        return benefit


def change_benefit(*, actor: Actor, benefit_id: UUID, **values: Any) -> Benefit:
    actor.require(CONFIGURE)
    with transaction.atomic(savepoint=False):
        benefit = lock_benefit(benefit_id)
        _store(benefit, values)
        check_period(benefit.valid_from, benefit.valid_until)
        record(actor.ref, "claims.benefit.changed", benefit, {"plan": str(benefit.plan_id)})
        return benefit


def add_coverage(*, actor: Actor, patient_id: UUID, plan_id: UUID | None, **values: Any) -> Coverage:
    """Say that a patient is covered from a day on: by a plan, or by another payer who is named."""
    actor.require(MANAGE)
    check_period(values["valid_from"], values.get("valid_until"))
    if plan_id is None and not values.get("payer"):
        raise InvalidInput({"plan_id": [_("Choose a plan, or name the other payer.")]})
    with transaction.atomic(savepoint=False):
        patient = lock_patient(patient_id)
        plan = lock_plan(plan_id) if plan_id else None
        coverage: Coverage = Coverage.objects.create(patient=patient, plan=plan, **values)
        record(actor.ref, "claims.coverage.added", coverage, {"patient": str(patient_id)})
        return coverage


def change_coverage(*, actor: Actor, coverage_id: UUID, **values: Any) -> Coverage:
    """Change a cover's order and days; who is covered by what stays."""
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        coverage = lock_coverage(coverage_id)
        _store(coverage, values)
        check_period(coverage.valid_from, coverage.valid_until)
        record(actor.ref, "claims.coverage.changed", coverage, {"patient": str(coverage.patient_id)})
        return coverage


def add_authorization(*, actor: Actor, patient_id: UUID, **values: Any) -> PriorAuthorization:
    """Promise services before they are done; raises InvalidInput beside "number" where it was given before."""
    actor.require(MANAGE)
    check_period(values["valid_from"], values["valid_until"])
    with transaction.atomic(savepoint=False):
        patient = lock_patient(patient_id)
        promised: PriorAuthorization = unless_taken(
            "number", lambda: PriorAuthorization.objects.create(patient=patient, **values)
        )
        record(actor.ref, "claims.authorization.added", promised, {"patient": str(patient_id)})
        return promised


def check_period(since: date, until: date | None) -> None:
    if until is not None and until < since:
        raise InvalidInput({"valid_until": [_("It ends before it begins.")]})


def unless_taken(field: str, write: Callable[[], Any]) -> Any:
    """What a write gives; raises InvalidInput beside a field whose value another row has."""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as refusal:
        raise InvalidInput({field: [_("There is one of this name.")]}) from refusal


def _store(row: Model, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
