"""CMS's order files of ICD-10-CM and ICD-10-PCS (icd10cm_order_2026.txt): one code a line, in columns.

Columns 1 to 5 the number of the line, 7 to 13 the code, 15 whether it is billable, 17 to 76 a short title, from 78 on
the whole one (icd10OrderFiles.pdf, beside the files).
"""

import re
from collections.abc import Iterable, Iterator

from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.rules.icd import normalise
from bailiwick.apps.claims.values.codes import NewCode

LINE = re.compile(r"\d{5} ([0-9A-Z]{3,7}) {1,5}([01]) (.{60}) (.+)")
LONGEST = 7
Numbered = tuple[int, NewCode | None]
"""The number of a line and what it says; None where it has not the form."""


def is_order(line: str) -> bool:
    return LINE.fullmatch(line.rstrip()) is not None


def read_orders(system: str, lines: Iterable[tuple[int, str]]) -> Iterator[Numbered]:
    """Every code. A heading asks for a seventh character where the code after it, the first below it, has seven."""
    held: tuple[int, str, str] | None = None
    for number, line in lines:
        found = LINE.fullmatch(line.rstrip())
        plain = found[1] if found else ""
        if held is not None:
            yield held[0], _heading(system, held[1], held[2], plain)
            held = None
        if found is None:
            yield number, None
        elif found[2] == "0":
            held = number, plain, found[4].strip()
        else:
            yield number, NewCode(_spell(system, plain), found[4].strip())
    if held is not None:
        yield held[0], _heading(system, held[1], held[2], "")


def _heading(system: str, plain: str, title: str, following: str) -> NewCode:
    is_seventh = system == CodeSystem.ICD10CM and following.startswith(plain) and len(following) == LONGEST
    return NewCode(_spell(system, plain), title, is_billable=False, facts={"seventh": True} if is_seventh else {})


def _spell(system: str, plain: str) -> str:
    return normalise(plain) if system == CodeSystem.ICD10CM else plain
