"""The form of procedure codes, modifiers and places of service."""

import re
from functools import lru_cache

from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.rules.icd import PCS

CPT = re.compile(r"[0-9]{5}|[0-9]{4}[AFTUM]")
"""Five digits, or four and the letter of category II (F), III (T), and of laboratory codes (A, M, U); AMA, CPT."""
CDT = re.compile(r"D[0-9]{4}")
HCPCS = re.compile(r"[A-V][0-9]{4}")
"""HCPCS level II (45 CFR 162.1002): a letter from A to V and four digits; those with D are CDT."""
MODIFIER = re.compile(r"[0-9A-Z]{2}")
PLACE = re.compile(r"[0-9]{2}")
FORMS = {
    CodeSystem.CDT.value: CDT,
    CodeSystem.CPT.value: CPT,
    CodeSystem.HCPCS.value: HCPCS,
    CodeSystem.ICD10PCS.value: PCS,
}
PLACES = frozenset(
    f"{place:02}"
    for first, last in ((1, 27), (31, 34), (41, 42), (49, 58), (60, 62), (65, 66), (71, 72), (81, 81), (99, 99))
    for place in range(first, last + 1)
)
"""CMS, Place of Service Codes for Professional Claims (45 CFR 162.1002), as of 2024."""
PLACES_RELEASE = "CMS 2024"


@lru_cache(maxsize=20_000)
def guess_system(code: str) -> str:
    """The system whose form a procedure code has; "" where it has none's."""
    return next((system for system, form in FORMS.items() if form.fullmatch(code)), "")


def has_form(system: str, code: str) -> bool:
    """Whether a code has its system's form; a system without one takes any."""
    form = FORMS.get(system)
    return form is None or form.fullmatch(code) is not None


def is_modifier(text: str) -> bool:
    return MODIFIER.fullmatch(text) is not None


def is_place(text: str) -> bool:
    return PLACE.fullmatch(text) is not None
