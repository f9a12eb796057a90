"""Which column of a file of claims is which field, told by its name."""

import re
from collections.abc import Sequence

MOST_DIAGNOSES = 12
"""Columns for them; the form CMS-1500 and the 837 have room for as many. JSON lines may give more."""

NAMES: dict[str, tuple[str, ...]] = {
    "number": ("number", "claim_number", "claim", "claim_id", "external_id", "claim_no", "patient_control_number"),
    "patient": ("patient", "patient_number", "patient_id", "member_number", "member_id", "mrn"),
    "patient_first_name": ("patient_first_name", "first_name", "patient_first", "given_name"),
    "patient_last_name": ("patient_last_name", "last_name", "patient_last", "family_name"),
    "patient_birth": ("patient_birth", "date_of_birth", "birth_date", "patient_date_of_birth", "dob", "patient_dob"),
    "patient_gender": ("patient_gender", "gender", "sex"),
    "provider_npi": ("provider_npi", "npi", "billing_npi", "billing_provider_npi", "provider"),
    "provider_name": ("provider_name", "billing_provider", "clinic"),
    "type": ("type", "claim_type", "kind"),
    "use": ("use",),
    "currency": ("currency",),
    "total": ("total", "claim_total", "total_amount", "total_charge", "claim_amount"),
    "other_paid": ("other_paid", "paid_by_other_payers", "prior_payer_paid", "cob_paid", "other_payer_paid"),
    "service_date": ("service_date", "date_of_service", "dos", "service_from", "from_date"),
    "service_end": ("service_end", "service_to", "to_date", "service_until"),
    "place_of_service": ("place_of_service", "pos"),
    "system": ("system", "code_system"),
    "procedure_code": ("procedure_code", "procedure", "cpt", "hcpcs", "cpt_code", "code"),
    "modifiers": ("modifiers", "modifier"),
    "diagnosis_pointers": ("diagnosis_pointers", "diagnosis_pointer", "pointers"),
    "revenue_code": ("revenue_code",),
    "ndc": ("ndc", "drug_code"),
    "units": ("units", "quantity", "qty"),
    "unit": ("unit", "unit_of_measure"),
    "unit_price": ("unit_price", "price"),
    "amount": ("amount", "line_amount", "charge", "charge_amount", "billed", "billed_amount"),
    "text": ("text", "description"),
    **{f"diagnosis_{place}": (f"diagnosis_{place}", f"dx{place}", f"dx_{place}", f"diagnosis_code_{place}")
       for place in range(1, MOST_DIAGNOSES + 1)},
}  # fmt: skip
NAMES["diagnosis_1"] += ("diagnosis", "diagnosis_code", "dx", "principal_diagnosis")


def guess(columns: Sequence[str]) -> dict[str, str]:
    """Which column is which field, told by their names."""
    known = {_plain_name(column): column for column in reversed(columns)}
    return {field: known[found] for field, names in NAMES.items() if (found := next(filter(known.get, names), None))}


def _plain_name(column: str) -> str:
    return "_".join(re.findall(r"[a-z0-9]+", column.casefold()))
