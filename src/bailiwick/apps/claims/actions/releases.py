"""Reading the lists of codes that are published, and those that an organisation has a licence for."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from django.utils.translation import gettext as _

from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.rules.releases import (
    Unfit,
    find_columns,
    fit,
    is_anweb,
    is_of_other,
    is_order,
    read_anweb,
    read_orders,
    read_row,
)
from bailiwick.apps.claims.values.codes import NewCode
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.files.choices import DOCUMENTS
from bailiwick.kernel.files.errors import Unreadable
from bailiwick.kernel.files.reading import is_compressed, read_head, read_lines, read_rows, recognise

ORDERED = (CodeSystem.ICD10CM.value, CodeSystem.ICD10PCS.value)
IN_ANWEB = (CodeSystem.HCPCS.value, CodeSystem.MODIFIER.value)
TOLD = 10
"""Faults of a file that are said; it is taken whole or not at all."""


def read_codes(system: str, content: BinaryIO, on: date) -> list[NewCode]:
    """Every entry of a file, spelt as codes of the system are on a day. Raises InvalidInput beside the field "file"."""
    found, faults = [], []
    seen: set[str] = set()
    try:
        for number, given in _read(system, content):
            try:
                entry = fit(system, _told(given), on)
            except Unfit as unfit:
                faults.append(_("Line %(line)d: %(said)s") % {"line": number, "said": unfit.sentence})
            else:
                if entry.code in seen:
                    faults.append(
                        _("Line %(line)d: %(said)s") % {"line": number, "said": _("the code is there twice.")}
                    )
                seen.add(entry.code)
                found.append(entry)
            if len(faults) >= TOLD:
                break
    except Unreadable as refusal:
        raise InvalidInput({"file": [str(refusal.message)]}) from refusal
    if not found and not faults:
        faults = [_("There is no code of this system in the file.")]
    if faults:
        raise InvalidInput({"file": faults})
    return found


def _told(given: NewCode | str | None) -> NewCode:
    """What a line says; raises Unfit for one that cannot be read."""
    if isinstance(given, NewCode):
        return given
    raise Unfit(given or _("it has not the form of the others."))


def _read(system: str, content: BinaryIO) -> Iterator[tuple[int, NewCode | str | None]]:
    first = next((line for _number, line in _lines(content)), "")
    if system in ORDERED and is_order(first):
        yield from read_orders(system, _lines(content))
    elif system in IN_ANWEB and is_anweb(first):
        yield from read_anweb(system, _lines(content))
    else:
        yield from _read_table(system, content)


def _read_table(system: str, content: BinaryIO) -> Iterator[tuple[int, NewCode | str]]:
    found = recognise(content)
    if found.kind is None or found.kind in DOCUMENTS:
        raise Unreadable(
            _("This is %(what)s. Give a table with the columns code and title.") % {"what": found.otherwise}
        )
    columns = find_columns(read_head(content, found.kind).columns)
    if "code" not in columns:
        raise Unreadable(_("No column is called “code”. Give a table with the columns code and title."))
    for row in read_rows(content, found.kind):
        if system in IN_ANWEB and is_of_other(system, row.values.get(columns.get("record", ""))):
            continue
        try:
            yield row.number, row.fault or read_row(columns, row.values)
        except Unfit as unfit:
            yield row.number, unfit.sentence


def _lines(content: BinaryIO) -> Iterator[tuple[int, str]]:
    is_gzip = is_compressed(content)
    for number, line, fault in read_lines(content, is_gzip=is_gzip):
        yield number, "" if fault else _decode(line).rstrip("\r")


def _decode(line: bytes) -> str:
    """CMS's older files are not UTF-8."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")
