"""Claims, patients and providers as they go out by the API."""

from collections.abc import Mapping
from typing import Any

from bailiwick.apps.claims.models import Claim, ClaimLine, Patient, Provider

PATIENT = ("number", "first_name", "last_name", "date_of_birth", "gender", "email", "phone")
COLUMNS = (
    "id",
    "organization_id",
    "number",
    "version",
    "patient_id",
    "provider_id",
    "assigned_processor_id",
    "status",
    "stage",
    "pend",
    "diagnosis_code",
    "procedure_code",
    "amount",
    "currency",
    "service_date",
    "submitted_at",
    "approval_reason",
    "rejection_reason",
    "allowed",
    "paid",
    "patient_owes",
    "edition",
    "created_at",
    "updated_at",
)
"""Columns of a claim that lists answer."""
ROW = (*COLUMNS, *(f"patient__{name}" for name in PATIENT))
HEALTH = ("diagnosis_code", "procedure_code", "approval_reason", "rejection_reason", "pend")
"""What is not shown of a claim of which one may see the money alone."""
PERSONAL = ("date_of_birth", "gender", "email", "phone")


def show_row(row: Mapping[str, Any], is_masked: bool) -> dict[str, Any]:
    """A claim in a list. What is masked is there, and says nothing."""
    patient = {name: row[f"patient__{name}"] for name in PATIENT}
    shown = {
        "id": row["id"],
        "organization": row["organization_id"],
        "number": row["number"],
        "version": row["version"],
        "patient": row["patient_id"],
        "patient_details": {"id": row["patient_id"], **patient},
        "provider": row["provider_id"],
        "assigned_processor": row["assigned_processor_id"],
        "status": row["status"],
        "stage": row["stage"],
        "pend": row["pend"],
        "diagnosis_code": row["diagnosis_code"],
        "procedure_code": row["procedure_code"],
        "amount": row["amount"],
        "currency": row["currency"],
        "service_date": row["service_date"],
        "submitted_date": row["submitted_at"],
        "approval_reason": row["approval_reason"],
        "rejection_reason": row["rejection_reason"],
        "allowed": row["allowed"],
        "paid": row["paid"],
        "patient_owes": row["patient_owes"],
        "edition": row["edition"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "masked": is_masked,
    }
    if is_masked:
        shown |= dict.fromkeys(HEALTH)
        shown["patient_details"] |= dict.fromkeys(PERSONAL)
    return shown


def show_claim(claim: Claim, lines: list[ClaimLine], is_masked: bool) -> dict[str, Any]:
    """One claim, with its lines, diagnoses and what was wrong with it at the door."""
    row = {name: getattr(claim, name) for name in COLUMNS}
    row |= {f"patient__{name}": getattr(claim.patient, name) for name in PATIENT}
    health = {"diagnoses": claim.diagnoses, "edits": claim.edits, "more": claim.more}
    return show_row(row, is_masked) | {
        "external_id": claim.external_id or None,
        "source": claim.source,
        "kind": claim.kind,
        "use": claim.use,
        "service_end": claim.service_end,
        "place_of_service": None if is_masked else claim.place_of_service,
        "is_paper": claim.is_paper,
        "other_paid": claim.other_paid,
        **(dict.fromkeys(health) if is_masked else health),
        "lines": [_show_line(line, is_masked) for line in lines],
    }


def _show_line(line: ClaimLine, is_masked: bool) -> dict[str, Any]:
    health = {
        "system": line.system,
        "procedure_code": line.procedure_code,
        "modifiers": line.modifiers,
        "diagnosis_pointers": line.diagnosis_pointers,
        "revenue_code": line.revenue_code,
        "ndc": line.ndc,
        "place_of_service": line.place_of_service,
        "text": line.text,
        "more": line.more,
    }
    return {
        "place": line.place,
        "service_date": line.service_date,
        "service_end": line.service_end,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price": line.unit_price,
        "factor": line.factor,
        "amount": line.amount,
        "other_paid": line.other_paid,
        **(dict.fromkeys(health) if is_masked else health),
    }


def show_patient(patient: Patient, is_masked: bool = False) -> dict[str, Any]:
    said = {name: getattr(patient, name) for name in ("id", *PATIENT, "died_on")}
    if is_masked:
        said |= dict.fromkeys((*PERSONAL, "died_on"))
    return said | {"member": patient.member_id, "created_at": patient.created_at, "masked": is_masked}


def show_provider(provider: Provider) -> dict[str, Any]:
    names = ("id", "name", "npi", "taxonomy", "is_in_network", "is_excluded")
    return {name: getattr(provider, name) for name in names} | {"member": provider.member_id}
