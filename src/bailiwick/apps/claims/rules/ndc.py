"""The National Drug Code, in the one form in which drugs are billed."""

import re
from datetime import date

UNIFORM_FROM = date(2033, 3, 7)
"""From this day an NDC has twelve digits, 6-4-2 (FDA, 91 FR 10749, 21 CFR 207.33)."""
FORMS = ((4, 4, 2), (5, 3, 2), (5, 4, 1), (5, 4, 2))
"""Lengths of labeler, product and package: the three of FDA, and the eleven digits of bills (45 CFR 162.1002)."""
UNIFORM = (6, 4, 2)
DASHED = re.compile(r"(\d{4,6})-(\d{3,4})-(\d{1,2})", re.ASCII)
DIGITS = re.compile(r"\d{10,12}", re.ASCII)


class NotAnNdc(ValueError):
    """What was given is no NDC, or one of several; `right` has those that may be meant."""

    def __init__(self, right: tuple[str, ...] = ()) -> None:
        super().__init__("no NDC")
        self.right = right


def normalise(text: str, on: date) -> str:
    """Eleven digits, 5-4-2; from 7 March 2033 twelve, 6-4-2. Each short segment is filled with noughts in front.

    Ten digits without dashes may be three different codes: raises NotAnNdc, with them.
    """
    sizes = UNIFORM if on >= UNIFORM_FROM else FORMS[-1]
    if found := DASHED.fullmatch(text):
        return _fill(found.groups(), sizes, on)
    if not DIGITS.fullmatch(text):
        raise NotAnNdc
    if len(text) == 10:
        raise NotAnNdc(tuple(_fill(_cut(text, form), sizes, on) for form in FORMS[:3]))
    return _fill(_cut(text, FORMS[-1] if len(text) == 11 else UNIFORM), sizes, on)


def tidy(text: str, on: date) -> str:
    """What is stored of an NDC as given: its normal form where it has one, else its characters without dashes."""
    try:
        return normalise(text.strip(), on)
    except NotAnNdc:
        return re.sub(r"[\s-]", "", text)[:12]


def dash(ndc: str) -> str:
    """A normal form as people read it: 5-4-2 or 6-4-2."""
    return "-".join(_cut(ndc, FORMS[-1] if len(ndc) == 11 else UNIFORM))


def _cut(text: str, form: tuple[int, ...]) -> tuple[str, ...]:
    first, second = form[0], form[0] + form[1]
    return text[:first], text[first:second], text[second:]


def _fill(segments: tuple[str, ...], sizes: tuple[int, ...], on: date) -> str:
    given = tuple(map(len, segments))
    if given not in (FORMS if on < UNIFORM_FROM else (*FORMS, UNIFORM)):
        raise NotAnNdc
    return "".join(segment.zfill(size) for segment, size in zip(segments, sizes, strict=True))
