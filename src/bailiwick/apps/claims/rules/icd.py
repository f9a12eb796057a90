"""The form of diagnosis and inpatient procedure codes."""

import re
from functools import lru_cache

CM = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?")
"""ICD-10-CM: three to seven characters (Official Guidelines I.A.2); a dot after the third may be left out."""
PCS = re.compile(r"[0-9A-HJ-NP-Z]{7}")
"""ICD-10-PCS: seven characters, neither I nor O (Official Guidelines A.1, Reference Manual)."""
EXTERNAL_CAUSES = "VWXY"
"""First letters of chapter 20, external causes of morbidity: V00 to Y99."""
SIDES = {"LT": "left", "RT": "right"}
"""HCPCS modifiers of the side of the body, with the word by which ICD-10-CM's titles name it."""


@lru_cache(maxsize=50_000)
def normalise(code: str) -> str:
    """A diagnosis code as lists have it: upper case, a dot after the third character."""
    plain = code.strip().upper().replace(".", "")
    return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain


@lru_cache(maxsize=50_000)
def is_cm(code: str) -> bool:
    return CM.fullmatch(code.strip().upper()) is not None


def is_pcs(code: str) -> bool:
    return PCS.fullmatch(code.upper()) is not None


def is_external_cause(code: str) -> bool:
    """Whether it says what caused an injury: never the principal diagnosis (Official Guidelines I.C.20.a.6)."""
    return code[:1].upper() in EXTERNAL_CAUSES


def side_of(title: str) -> str:
    """The side that a title names: "left", "right", "bilateral" or none."""
    words = set(re.findall(r"[a-z]+", title.lower()))
    if "bilateral" in words or {"left", "right"} <= words:
        return "bilateral"
    return next((side for side in ("left", "right") if side in words), "")


def stems_of(code: str) -> tuple[str, ...]:
    """What of a code that does not exist may be right: all but its last character, and its category."""
    shorter = code[:-1].rstrip(".")
    return tuple(dict.fromkeys(stem for stem in (shorter, code[:3]) if len(stem) >= 3))
