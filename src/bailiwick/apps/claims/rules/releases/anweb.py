"""CMS's quarterly list of HCPCS (HCPC2026_OCT_ANWEB.txt): several lines a code, in columns, 320 characters each.

Columns 1 to 5 the code (of a modifier the last two of them), 6 to 10 the line's number, 11 what it is (3 and 4 a
procedure and its further lines, 7 and 8 a modifier), 12 to 91 the title, 269 to 276 added on, 285 to 292 ended on
(HCPC2026_recordlayout.txt, beside the file).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.rules.releases.orders import Numbered
from bailiwick.apps.claims.values.codes import NewCode

LINE = re.compile(r"(?P<code>[ 0-9A-Z]{5})(?P<sequence>\d{5})(?P<record>[3478])(?P<title>.{80})(?P<rest>.*)")
STARTS = {"3": CodeSystem.HCPCS.value, "7": CodeSystem.MODIFIER.value}
GOES_ON = {"3": "4", "7": "8"}
ADDED, ENDED = slice(177, 185), slice(193, 201)
"""Of what stands after column 91."""


def is_anweb(line: str) -> bool:
    return LINE.fullmatch(line.rstrip("\r\n")) is not None


def is_of_other(system: str, record: Any) -> bool:
    """Whether a row of the same list as a workbook, by its column RECID, is of the other system, or only goes on."""
    told = str(record or "")
    return told in (*STARTS, *GOES_ON.values()) and STARTS.get(told) != system


def read_anweb(system: str, lines: Iterable[tuple[int, str]]) -> Iterator[Numbered]:
    """The codes of a system, their titles put together; those of the other are left out."""
    wanted = next(record for record, found in STARTS.items() if found == system)
    held: tuple[int, str, list[str], dict[str, Any]] | None = None
    for number, line in lines:
        found = LINE.fullmatch(line.rstrip("\r\n"))
        if found is None:
            yield number, None
            continue
        code, record, title = found["code"].strip(), found["record"], found["title"].strip()
        if record == GOES_ON[wanted] and held is not None and held[1] == code:
            held[2].append(title)
        elif record == wanted:
            if held is not None:
                yield _close(held)
            held = number, code, [title], _dates(found["rest"])
    if held is not None:
        yield _close(held)


def _close(held: tuple[int, str, list[str], dict[str, Any]]) -> Numbered:
    number, code, titles, facts = held
    return number, NewCode(code, " ".join(titles), facts=facts)


def _dates(rest: str) -> dict[str, Any]:
    named = (("valid_from", rest[ADDED].strip()), ("valid_until", rest[ENDED].strip()))
    return {name: date.fromisoformat(text).isoformat() for name, text in named if re.fullmatch(r"\d{8}", text)}
