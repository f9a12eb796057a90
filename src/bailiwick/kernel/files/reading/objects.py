"""JSON lines: one object a line."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import orjson
from django.utils.translation import gettext as _

from bailiwick.kernel.files.reading.lines import LONGEST_LINE, is_blank, split_lines

_keys = re.compile(rb'"\s*:').findall
_has_nul = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000").search
_has_long_number = re.compile(rb"[0-9]{19}|[0-9][eE]\+?[0-9]{3}").search


class Refused(ValueError):
    """A line that is JSON and still not taken."""


def read_objects(blocks: Iterator[bytes], after: int) -> Iterator[tuple[int, dict[str, Any], str]]:
    """Line number, object and fault of every line beyond `after` that is not blank."""
    for number, line, fault in split_lines(blocks, LONGEST_LINE):
        if number <= after or is_blank((number, line, fault)):
            continue
        if fault:
            yield number, {}, fault
            continue
        try:
            yield number, parse(line), ""
        except Refused as refused:
            yield number, {}, str(refused)


def parse(line: bytes) -> dict[str, Any]:
    """One object; raises Refused with a sentence."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as fault:
        raise Refused(_why(line, fault)) from fault
    if not isinstance(value, dict):
        raise Refused(_("This line is JSON, but not an object: it has to begin with {."))
    if _has_long_number(line) or len(_keys(line)) != _count_keys(value):
        value = _parse_with_care(line)
    if b"\\u0000" in line and _has_nul(line):
        raise Refused(_("This line holds a NUL character, which is no text."))
    return value


def _why(line: bytes, fault: orjson.JSONDecodeError) -> str:
    try:
        line.decode()
    except UnicodeDecodeError:
        return _("This line is not UTF-8.")
    if fault.pos >= len(line.decode().rstrip()):
        return _("This line breaks off in the middle: the file may not be whole.")
    if "infinity" in fault.msg:
        return _("This line holds a number that is too large.")
    return _("This line is not JSON: look at column %(column)d.") % {"column": fault.colno}


def _count_keys(value: dict[str, Any]) -> int:
    """Keys at every depth. Without recursion, because the depth is the sender's."""
    count = 0
    heap: list[Any] = [value]
    while heap:
        each: dict[str, Any] | list[Any] = heap.pop()
        count += len(each) if isinstance(each, dict) else 0
        inside = each.values() if isinstance(each, dict) else each
        heap.extend(inner for inner in inside if isinstance(inner, dict | list))
    return count


def _parse_with_care(line: bytes) -> dict[str, Any]:
    """Slower: whole numbers keep every digit, and a name that stands twice is refused."""
    try:
        found: dict[str, Any] = json.loads(line, object_pairs_hook=_unique, parse_float=_finite)
    except Refused:
        raise
    except (ValueError, RecursionError) as fault:
        raise Refused(_("This line holds a number or a nesting beyond what is taken.")) from fault
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused(_("“%(name)s” stands twice in one object.") % {"name": twice[:100]})
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Refused(_("This line holds a number that is too large."))
    return number
