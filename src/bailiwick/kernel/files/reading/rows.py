"""Rows out of a file of any kind, one way."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.files.errors import TooLarge, Unreadable
from bailiwick.kernel.files.reading.lines import LONGEST_LINE, is_blank, split_lines
from bailiwick.kernel.files.reading.objects import read_objects
from bailiwick.kernel.files.reading.streams import LARGEST, as_utf8, is_compressed, read_blocks
from bailiwick.kernel.files.reading.tables import read_table
from bailiwick.kernel.files.reading.workbooks import read_workbook

MOST_LINES = 2_000_000

Raw = tuple[int, Any, str]


class Row(NamedTuple):
    """One row; `number` is its line in the file, from 1. With a `fault` it could not be read and has no values."""

    number: int
    values: dict[str, Any]
    fault: str = ""


class Head(NamedTuple):
    """How a file begins."""

    columns: list[str]
    rows: list[Row]


def read_rows(content: BinaryIO, kind: str, after: int = 0) -> Iterator[Row]:
    """The rows with a number beyond `after`; raises Unreadable where the file as a whole cannot be read further."""
    if kind == FileKind.JSONL:
        for number, values, fault in _bounded(read_objects(_text_of(content), after)):
            yield Row(number, values, fault)
        return
    table = _bounded(_table(content, kind))
    columns = _columns(table)
    width = len(columns)
    for number, cells, fault in table:
        if number <= after:
            continue
        if not fault and len(cells) != width:
            fault = _("This row has %(cells)d cells, the heading has %(width)d.") % {
                "cells": len(cells),
                "width": width,
            }
        yield Row(number, {}, fault) if fault else Row(number, dict(zip(columns, cells, strict=True)))


def read_head(content: BinaryIO, kind: str, rows: int = 5) -> Head:
    """The columns and the first rows; columns of JSON lines are the names in those rows. Raises Unreadable."""
    if kind == FileKind.JSONL:
        first = list(islice(read_rows(content, kind), rows))
        return Head(list(dict.fromkeys(chain.from_iterable(row.values for row in first))), first)
    return Head(_columns(_table(content, kind)), list(islice(read_rows(content, kind), rows)))


def count_rows(content: BinaryIO, kind: str) -> int:
    """How many rows `read_rows` would give; raises Unreadable as it would."""
    if kind == FileKind.JSONL:
        lines = split_lines(_text_of(content), LONGEST_LINE)
        return sum(1 for _line in _bounded(each for each in lines if not is_blank(each)))
    table = _bounded(_table(content, kind))
    _columns(table)
    return sum(1 for _row in table)


def _text_of(content: BinaryIO) -> Iterator[bytes]:
    return as_utf8(read_blocks(content, is_gzip=is_compressed(content), largest=LARGEST))


def _table(content: BinaryIO, kind: str) -> Iterator[Raw]:
    return read_workbook(content) if kind == FileKind.XLSX else read_table(_text_of(content))


def _bounded(rows: Iterator[Raw]) -> Iterator[Raw]:
    for row in rows:
        if row[0] > MOST_LINES:
            raise TooLarge(_("The file has more than %(lines)d lines. Split it into parts.") % {"lines": MOST_LINES})
        yield row


def _columns(table: Iterator[Raw]) -> list[str]:
    """The headings; each has to be there once."""
    number, cells, fault = next(table, (0, [], _("The file is empty: there is no heading.")))
    if fault:
        raise Unreadable(_("Line %(line)d: %(fault)s") % {"line": number, "fault": fault} if number else fault)
    headings = [str(cell).strip() for cell in cells]
    if "" in headings:
        text = _("Column %(column)d has no heading in line %(line)d.")
        raise Unreadable(text % {"column": headings.index("") + 1, "line": number})
    if twice := [heading for heading in headings if headings.count(heading) > 1]:
        raise Unreadable(_("The heading “%(heading)s” stands over two columns.") % {"heading": twice[0][:100]})
    return headings
