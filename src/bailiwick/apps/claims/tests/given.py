"""Claims as doors give them to actions, for tests."""

from decimal import Decimal
from typing import Any

from bailiwick.apps.claims.models import Patient, Provider
from bailiwick.apps.claims.tests.factories import ON, new_patient, new_provider
from bailiwick.apps.claims.values.claims import NewClaim, NewDiagnosis, NewLine


def given_claim(
    patient: Patient | None = None,
    provider: Provider | None = None,
    *,
    amounts: tuple[str, ...] = ("150.00",),
    codes: tuple[str, ...] = ("10001",),
    **values: Any,
) -> NewClaim:
    """A claim that nothing is wrong with, one line an amount."""
    lines = tuple(
        NewLine(codes[place % len(codes)], Decimal(amount), place=str(place + 1))
        for place, amount in enumerate(amounts)
    )
    stated: dict[str, Any] = {
        "service_date": ON,
        "diagnoses": (NewDiagnosis("C00.0", "principal"),),
        "lines": lines,
    } | values
    return NewClaim(patient_id=(patient or new_patient()).id, provider_id=(provider or new_provider()).id, **stated)
