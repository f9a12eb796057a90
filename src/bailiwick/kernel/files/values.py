"""Text in cells: what a spreadsheet would run as a formula is written so that it stays text."""

import re

_BEFORE = r"[\s\x00-\x20\ufeff\u200b-\u200f\u2060]*"
_FORMULA = rf"(?:[\t\r\n]|{_BEFORE}[=+\-@＝＋－＠])"
_is_risky = re.compile(rf"'*{_FORMULA}").match
_is_marked = re.compile(rf"'+{_FORMULA}").match


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run this text (OWASP, CSV Injection), or strip the apostrophe that prevents it."""
    return _is_risky(text) is not None


def neutralise(text: str) -> str:
    """Text for a cell of CSV: one apostrophe before what might be run, or already looks neutralised."""
    return f"'{text}" if not text[:1].isalnum() and _is_risky(text) else text


def restore(text: str) -> str:
    """What `neutralise` was given."""
    return text[1:] if _is_marked(text) else text
