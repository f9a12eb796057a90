"""Cases for tests of the rules: plain values, no rows."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from bailiwick.apps.claims.rules.parameters import from_json
from bailiwick.apps.claims.rules.pipeline import adjudicate
from bailiwick.apps.claims.values.cases import (
    Adjustment,
    BenefitTerms,
    Case,
    CaseCoverage,
    CaseLine,
    EarlierLine,
    PlanTerms,
    Price,
    Result,
)

ON = date(2026, 3, 2)
CLINIC, OTHER_CLINIC = UUID(int=1), UUID(int=2)
THIS, BEFORE, AFTER = (UUID(int=number << 80) for number in (2, 1, 3))
"""Keys of claims: this one, one that came before, one that came after."""


def line(code: str = "99213", amount: str = "100.00", *modifiers: str, sequence: int = 1, **values: Any) -> CaseLine:
    values = {"service_date": ON, "modifiers": modifiers} | values
    return CaseLine(sequence=sequence, procedure_code=code, amount=Decimal(amount), **values)


def plan(*benefits: BenefitTerms, **values: Any) -> PlanTerms:
    money = {name: Decimal(value) if isinstance(value, str) else value for name, value in values.items()}
    return PlanTerms(id=UUID(int=7), line_of_business="commercial", benefits=benefits, **money)


def benefit(*codes: str, **values: Any) -> BenefitTerms:
    return BenefitTerms(id=uuid4(), codes=codes, **values)


def cover(terms: PlanTerms | None, **values: Any) -> CaseCoverage:
    return CaseCoverage(**({"id": UUID(int=9), "order": 1, "plan": terms, "valid_from": date(2020, 1, 1)} | values))


def prices(**amounts: str) -> dict[tuple[str, str], Price]:
    """Prices by code: `C99213="80.00"`, with a modifier `C71046_26="9.00"`."""
    keys = {(*name[1:].split("_"), "")[:2]: amount for name, amount in amounts.items()}
    return {key: Price(Decimal(amount), "Fees 2026") for key, amount in keys.items()}  # type: ignore[misc]


def earlier(code: str = "99213", amount: str = "100.00", **values: Any) -> EarlierLine:
    given = {
        "claim_id": BEFORE,
        "number": "C-0",
        "provider_id": CLINIC,
        "service_date": ON,
        "service_end": None,
        "modifiers": (),
        "quantity": Decimal(1),
        "is_approved": True,
    }
    return EarlierLine(procedure_code=code, amount=Decimal(amount), **(given | values))


def case(*lines: CaseLine, terms: PlanTerms | None = None, **values: Any) -> Case:
    """A clean claim of one line, filed three days after the service, of a patient whose cover takes no share."""
    given: dict[str, Any] = {
        "claim_id": THIS,
        "number": "C-1",
        "kind": "professional",
        "provider_id": CLINIC,
        "npi": "1234567893",
        "is_in_network": True,
        "is_excluded": False,
        "gender": "female",
        "date_of_birth": date(1985, 12, 10),
        "died_on": None,
        "service_date": ON,
        "service_end": None,
        "submitted_on": date(2026, 3, 5),
        "today": date(2026, 3, 6),
        "currency": "USD",
        "diagnoses": ("J06.9",),
        "lines": lines or (line(),),
        "coverages": (cover(terms or plan()),),
    }
    return Case(**(given | values))


def judge(one: Case, **parameters: Any) -> Result:
    return adjudicate(one, from_json(parameters))


def reasons(result: Result, sequence: int = 1) -> list[str]:
    """What is not paid of a line and why, as "CO-45 20.00"."""
    [found] = [each for each in result.lines if each.sequence == sequence]
    return [_shown(each) for each in found.adjustments]


def _shown(each: Adjustment) -> str:
    return f"{each.group}-{each.code} {each.amount}"


def said(result: Result) -> set[tuple[str, str]]:
    """Steps and sentences of all traces."""
    every = [*result.trace, *(entry for each in result.lines for entry in each.trace)]
    return {(entry["step"], entry["said"]) for entry in every}
