"""How the rows or the object of a file become a claim."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from bailiwick.apps.claims.rules.cells import (
    read_amount,
    read_code,
    read_currency,
    read_day,
    read_gender,
    read_kind,
    read_modifiers,
    read_pointers,
    read_price,
    read_quantity,
    read_system,
    read_text,
    read_use,
    text_of,
)
from bailiwick.apps.claims.rules.columns import MOST_DIAGNOSES
from bailiwick.apps.claims.rules.money import to_cents
from bailiwick.apps.claims.rules.ndc import tidy
from bailiwick.apps.claims.rules.readers import Fault
from bailiwick.apps.claims.values.claims import NewDiagnosis, NewLine
from bailiwick.apps.claims.values.imports import GivenClaim, GivenPatient, GivenProvider
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.imports.values import ERRORS

Reader = Callable[[str], Any]

OF_CLAIM: dict[str, Reader] = {
    "number": partial(read_text, longest=100),
    "patient": partial(read_text, longest=50),
    "patient_first_name": partial(read_text, longest=100),
    "patient_last_name": partial(read_text, longest=100),
    "patient_birth": read_day,
    "patient_gender": read_gender,
    "provider_npi": partial(read_text, longest=10),
    "provider_name": partial(read_text, longest=200),
    "type": read_kind,
    "use": read_use,
    "currency": read_currency,
    "total": read_amount,
    "other_paid": read_amount,
    **{f"diagnosis_{place}": partial(read_code, longest=20) for place in range(1, MOST_DIAGNOSES + 1)},
}
OF_LINE: dict[str, Reader] = {
    "service_date": read_day,
    "service_end": read_day,
    "place_of_service": partial(read_code, longest=2),
    "system": read_system,
    "procedure_code": partial(read_code, longest=20),
    "modifiers": read_modifiers,
    "diagnosis_pointers": read_pointers,
    "revenue_code": partial(read_code, longest=4),
    "ndc": partial(read_text, longest=20),
    "units": read_quantity,
    "unit": partial(read_text, longest=20),
    "unit_price": read_price,
    "amount": read_amount,
    "text": partial(read_text, longest=500),
}
COMMON = ("service_date", "service_end", "place_of_service")
"""What an object may say of all its lines at once."""
OF_OBJECT = OF_CLAIM | {name: OF_LINE[name] for name in COMMON} | {"external_id": OF_CLAIM["number"]}
COLUMN_OF = {"provider": "provider_npi", "diagnoses": "diagnosis_1", "external_id": "number"}
"""Under which field of a file an error of the action stands."""

Faults = dict[str, list[str]]
Cells = Mapping[str, str]


def number_of(mapping: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """The claim that a row is of."""
    return text_of(values.get(mapping.get("number", "")))


def place(mapping: Mapping[str, str], name: str) -> tuple[int, str]:
    """In which row of a claim, and over which column, the error of a field stands; lines count from 0."""
    parts = name.split(".")
    if parts[0] == "lines" and len(parts) > 2 and parts[1].isdigit():
        return int(parts[1]), mapping.get(parts[2], parts[2])
    field = COLUMN_OF.get(parts[0], parts[0])
    return 0, mapping.get(field, field)


def read_rows(mapping: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> GivenClaim:
    """A claim of which each row is a line; raises InvalidInput. What is said of the claim has to stand in one row."""
    of_claim = [(field, mapping[field]) for field in OF_CLAIM if field in mapping]
    of_line = [(field, mapping[field]) for field in OF_LINE if field in mapping]
    claim = {field: text_of(rows[0].get(column)) for field, column in of_claim}
    faults: Faults = {}
    for number, row in enumerate(rows[1:], start=1):
        for field, column in of_claim:
            said = row.get(column)
            if said and (text := text_of(said)) and text != claim[field]:
                if claim[field]:
                    faults[f"lines.{number}.{field}"] = [_("The rows of this claim do not say the same.")]
                claim[field] = claim[field] or text
    lines = [{field: text_of(row.get(column)) for field, column in of_line} for row in rows]
    return _read(claim, lines, faults)


def read_object(values: Mapping[str, Any]) -> GivenClaim:
    """A claim of one object with `lines`; raises InvalidInput."""
    faults: Faults = {}
    claim: dict[str, str] = {}
    given = {name: value for name, value in values.items() if name != ERRORS}
    lines, diagnoses = given.pop("lines", None), given.pop("diagnoses", [])
    for name, value in given.items():
        if name not in OF_OBJECT:
            faults[name] = [_("Nothing of this name is known.")]
        elif isinstance(value, dict | list):
            faults[name] = [_("Give a text or a number.")]
        else:
            claim[COLUMN_OF.get(name, name)] = text_of(value)
    if not isinstance(lines, list) or not lines or not all(isinstance(line, dict) for line in lines):
        raise InvalidInput(faults | {"lines": [_("Give the lines as a list of objects.")]})
    for number, line in enumerate(lines):
        for name, value in line.items():
            if name not in OF_LINE:
                faults[f"lines.{number}.{name}"] = [_("Nothing of this name is known.")]
            elif isinstance(value, list) and name in ("modifiers", "diagnosis_pointers"):
                line[name] = " ".join(map(text_of, value))
            elif isinstance(value, dict | list):
                faults[f"lines.{number}.{name}"] = [_("Give a text or a number.")]
    texts = [{name: text_of(value) for name, value in line.items()} for line in lines]
    return _read(claim, texts, faults, _diagnoses_of(diagnoses, faults))


def _diagnoses_of(given: Any, faults: Faults) -> tuple[NewDiagnosis, ...]:
    """Codes, or objects with `code`, `kind` and `on_admission`."""
    whole: list[Any] = given if isinstance(given, list) else [given]
    objects: list[Any] = [{"code": each} if isinstance(each, str) else each for each in whole]
    if not all(isinstance(each, dict) and isinstance(each.get("code"), str) and each["code"] for each in objects):
        faults["diagnoses"] = [_("Give the diagnoses as a list of codes, or of objects with code and kind.")]
        return ()
    try:
        return tuple(
            NewDiagnosis(
                read_code(text_of(each["code"]), 20),
                read_text(text_of(each.get("kind")), 50),
                read_text(text_of(each.get("on_admission")), 5),
            )
            for each in objects
        )
    except Fault as fault:
        faults["diagnoses"] = [str(fault)]
        return ()


def _read(
    cells: Cells, line_cells: Sequence[Cells], faults: Faults, diagnoses: tuple[NewDiagnosis, ...] = ()
) -> GivenClaim:
    claim = _values(OF_OBJECT, cells, "", faults)
    lines = [_values(OF_LINE, each, f"lines.{number}.", faults) for number, each in enumerate(line_cells)]
    for number, line in enumerate(lines):
        _complete(line, number, faults)
    if not claim.get("number") and "number" not in faults:
        faults["number"] = [_("Give the number of the claim.")]
    if not any("service_date" in each for each in (claim, *lines)) and not any(
        "service_date" in name for name in faults
    ):
        faults["service_date"] = [_("Give the day of service.")]
    patient = _patient(claim, faults)
    diagnoses = diagnoses or _columns_of_diagnoses(claim, faults)
    total = claim.get("total")
    if total is not None and not faults and (comes_to := sum(line["amount"] for line in lines)) != total:
        said = _("The lines come to %(sum)s, the claim says %(total)s.")
        faults["total"] = [said % {"sum": comes_to, "total": total}]
    if faults:
        raise InvalidInput(faults)
    provider = GivenProvider(claim.get("provider_npi", ""), claim.get("provider_name", ""))
    return GivenClaim(patient, provider, _content(claim, lines, diagnoses))


def _values(readers: Mapping[str, Reader], cells: Cells, prefix: str, faults: Faults) -> dict[str, Any]:
    values = {}
    for field, text in cells.items():
        if text and field in readers:
            try:
                values[field] = readers[field](text)
            except Fault as fault:
                faults[prefix + field] = [str(fault)]
    return values


def _complete(line: dict[str, Any], number: int, faults: Faults) -> None:
    """What is billed is said, or follows from units and price."""
    if "amount" not in line and f"lines.{number}.amount" not in faults:
        if "unit_price" in line:
            line["amount"] = to_cents(line["unit_price"] * line.get("units", 1))
        else:
            faults[f"lines.{number}.amount"] = [_("Say what is billed.")]


def _patient(claim: Mapping[str, Any], faults: Faults) -> GivenPatient:
    patient = GivenPatient(
        claim.get("patient", ""),
        claim.get("patient_first_name", ""),
        claim.get("patient_last_name", ""),
        claim.get("patient_birth"),
        claim.get("patient_gender", ""),
    )
    if not patient.number and not patient.is_whole and not any(name.startswith("patient") for name in faults):
        faults["patient"] = [_("Give the patient's number, or first name, last name and day of birth.")]
    return patient


def _columns_of_diagnoses(claim: Mapping[str, Any], faults: Faults) -> tuple[NewDiagnosis, ...]:
    """Lines point at their places, so there is none without the one before it."""
    codes = [claim.get(f"diagnosis_{place}", "") for place in range(1, MOST_DIAGNOSES + 1)]
    while codes and not codes[-1]:
        codes.pop()
    if "" in codes and not any(name.startswith("diagnosis_") for name in faults):
        faults[f"diagnosis_{codes.index('') + 1}"] = [_("A diagnosis is missing here: lines point at their places.")]
    return tuple(NewDiagnosis(code) for code in codes)


def _content(
    claim: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], diagnoses: tuple[NewDiagnosis, ...]
) -> dict[str, Any]:
    days: list[date] = [each["service_date"] for each in (claim, *lines) if "service_date" in each]
    ends: list[date] = [each["service_end"] for each in (claim, *lines) if "service_end" in each]
    first, last = min(days), max([*days, *ends])
    return {
        "external_id": claim["number"],
        "service_date": first,
        "service_end": last if last > first else None,
        "currency": claim.get("currency", "USD"),
        "kind": claim.get("type", "professional"),
        "use": claim.get("use", "claim"),
        "other_paid": claim.get("other_paid"),
        "place_of_service": claim.get("place_of_service") or lines[0].get("place_of_service", ""),
        "diagnoses": diagnoses,
        "lines": tuple(_line(line, str(number), first) for number, line in enumerate(lines, start=1)),
    }


def _line(line: Mapping[str, Any], place: str, day: date) -> NewLine:
    values = {("quantity" if name == "units" else name): value for name, value in line.items()}
    if "ndc" in values:
        values["ndc"] = tidy(values["ndc"], values.get("service_date", day))
    return NewLine(**({"procedure_code": "", "place": place} | values))
