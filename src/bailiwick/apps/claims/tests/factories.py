"""Rows of insurance claims for tests: each made straight, in the organisation in scope."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from django.utils.timezone import now

from bailiwick.apps.claims.choices import STATUS_OF, EventType, LineOfBusiness, Stage
from bailiwick.apps.claims.models import (
    Claim,
    ClaimLine,
    Coverage,
    Fee,
    FeeSchedule,
    Patient,
    PatientEvent,
    Plan,
    Provider,
    RuleSet,
)
from bailiwick.apps.claims.rules.numbers import make_number
from bailiwick.kernel.base.identifiers import new_uuid7

_numbers = count(1)
ON = date(2026, 3, 2)
"""The day of service where a test does not care."""


def new_patient(**values: Any) -> Patient:
    given = {"first_name": "Ada", "last_name": "Byron", "date_of_birth": date(1985, 12, 10), "gender": "female"}
    return Patient.objects.create(**(given | values))


def new_provider(**values: Any) -> Provider:
    return Provider.objects.create(**({"name": f"Clinic {next(_numbers)}"} | values))


def new_stored_claim(
    *,
    stage: Stage = Stage.ACCEPTED,
    amounts: tuple[str, ...] = ("150.00",),
    patient: Patient | None = None,
    provider: Provider | None = None,
    codes: tuple[str, ...] = ("10001",),
    **values: Any,
) -> Claim:
    """A claim that stands somewhere, with one line an amount."""
    key = UUID(str(new_uuid7()))
    given = {
        "id": key,
        "number": make_number(key),
        "patient": patient or new_patient(),
        "provider": provider or new_provider(),
        "stage": stage,
        "status": STATUS_OF.get(stage, ""),
        "is_live": stage != Stage.DRAFT,
        "diagnosis_code": "C00.0",
        "diagnoses": [{"code": "C00.0", "kind": "principal"}],
        "procedure_code": codes[0],
        "amount": sum(map(Decimal, amounts)),
        "service_date": ON,
    }
    claim = Claim.objects.create(**(given | values))
    for sequence, amount in enumerate(amounts, start=1):
        ClaimLine.objects.create(
            claim=claim,
            sequence=sequence,
            place=str(sequence),
            procedure_code=codes[(sequence - 1) % len(codes)],
            amount=Decimal(amount),
            unit_price=Decimal(amount),
            service_date=claim.service_date,
        )
    return claim


def new_plan(**values: Any) -> Plan:
    given = {"name": f"Plan {next(_numbers)}", "line_of_business": LineOfBusiness.COMMERCIAL}
    return Plan.objects.create(**(given | values))


def new_coverage(patient: Patient, plan: Plan | None = None, **values: Any) -> Coverage:
    given = {"subscriber_number": f"S-{next(_numbers)}", "valid_from": date(2020, 1, 1)}
    return Coverage.objects.create(patient=patient, plan=plan or new_plan(), **(given | values))


def new_schedule(prices: dict[str, str], **values: Any) -> FeeSchedule:
    given = {"name": f"Schedule {next(_numbers)}", "valid_from": date(2020, 1, 1)}
    schedule = FeeSchedule.objects.create(**(given | values))
    for code, price in prices.items():
        Fee.objects.create(schedule=schedule, procedure_code=code, amount=Decimal(price))
    return schedule


def new_rules(member: UUID, **parameters: Any) -> RuleSet:
    """A version that is switched on."""
    version = RuleSet.objects.count() + 1
    return RuleSet.objects.create(
        version=version,
        title=f"Rules {version}",
        parameters=parameters,
        state="active",
        made_by_id=member,
        activated_at=now(),
    )


def new_event(patient: Patient | None, status_type: str = EventType.ADMISSION, **values: Any) -> PatientEvent:
    given = {
        "source": "test",
        "source_id": f"E-{next(_numbers)}",
        "facility_name": "General Hospital",
        "occurred_at": now() - timedelta(hours=1),
    }
    return PatientEvent.objects.create(patient=patient, status_type=status_type, **(given | values))
