"""One writer a kind of file."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, BinaryIO, Protocol

import orjson

from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.files.values import neutralise
from bailiwick.kernel.files.writing.cells import text_of
from bailiwick.kernel.files.writing.workbooks import open_workbook

Columns = Sequence[tuple[str, str]]
Given = Mapping[str, Any] | Sequence[Any]
WriteRow = Callable[[Sequence[Any]], None]


class Writer(Protocol):
    def write(self, row: Given) -> None:
        """One row: values by the columns' keys, or as many as there are columns."""


class RowWriter:
    """Puts the values in the order of the columns."""

    def __init__(self, columns: Columns, write_row: WriteRow) -> None:
        self._keys = [key for key, _heading in columns]
        self._write_row = write_row

    def write(self, row: Given) -> None:
        if isinstance(row, Mapping):
            self._write_row([row.get(key) for key in self._keys])
        elif len(row) == len(self._keys):
            self._write_row(row)
        else:
            raise ValueError(f"A row of {len(row)} values for {len(self._keys)} columns.")


@contextmanager
def open_writer(kind: str, content: BinaryIO, columns: Columns) -> Iterator[Writer]:
    """Write a file of `kind` into `content`; `columns` are key and heading. What was written is whole at the end.

    Raises TooLarge for more rows than an Excel sheet holds.
    """
    opened = {FileKind.CSV: _open_csv, FileKind.XLSX: open_workbook, FileKind.JSONL: _open_jsonl}[FileKind(kind)]
    with opened(content, columns) as write_row:
        yield RowWriter(columns, write_row)


@contextmanager
def _open_csv(content: BinaryIO, columns: Columns) -> Iterator[WriteRow]:
    """RFC 4180, with a byte order mark: without it spreadsheets take UTF-8 for something else."""
    text = io.TextIOWrapper(content, encoding="utf-8-sig", newline="", write_through=False)
    try:
        rows = csv.writer(text, lineterminator="\r\n")
        rows.writerow([neutralise(str(heading)) for _key, heading in columns])
        yield lambda row: rows.writerow([_cell(value) for value in row])
        text.flush()
    finally:
        text.detach()


def _cell(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return neutralise(value)
    if kind is int or kind is float or value is None:
        return value
    text = text_of(value)
    return text if kind is Decimal else neutralise(text)


@contextmanager
def _open_jsonl(content: BinaryIO, columns: Columns) -> Iterator[WriteRow]:
    keys = [key for key, _heading in columns]
    options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
    yield lambda row: _write_object(content, dict(zip(keys, row, strict=True)), options)


def _write_object(content: BinaryIO, values: dict[str, Any], options: int) -> None:
    exact = {key: _exact(value) if type(value) in (int, Decimal) else value for key, value in values.items()}
    try:
        content.write(orjson.dumps(exact, default=_json, option=options))
    except TypeError:
        # Whole numbers beyond 64 bits inside of a value.
        spelt = {
            key: orjson.Fragment(text_of(value)) if type(value) in (dict, list) else value
            for key, value in exact.items()
        }
        content.write(orjson.dumps(spelt, default=_json, option=options))


def _json(value: Any) -> Any:
    return _exact(value) if isinstance(value, Decimal) else text_of(value)


def _exact(number: int | Decimal) -> Any:
    """A number with every digit; what is no number in JSON is null."""
    if isinstance(number, Decimal):
        return orjson.Fragment(format(number, "f")) if number.is_finite() else None
    return number if -(2**63) <= number < 2**64 else orjson.Fragment(str(number))
