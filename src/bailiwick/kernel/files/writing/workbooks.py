"""Excel workbooks: one sheet, rows on their way to the disk as they come."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from bailiwick.kernel.files.errors import TooLarge
from bailiwick.kernel.files.values import is_formula
from bailiwick.kernel.files.writing.cells import text_of

MOST_ROWS = 1_048_576
LONGEST_CELL = 32_767
DIGITS = 10**15
"""Excel keeps fifteen digits; a longer number is written as text."""
FIRST_YEAR = 1900
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@contextmanager
def open_workbook(content: BinaryIO, columns: Sequence[tuple[str, str]]) -> Iterator[Callable[[Sequence[Any]], None]]:
    """Gives a function that writes a row; the heading is bold and stays in view."""
    book = Workbook(content, OPTIONS)
    try:
        sheet = Sheet(book, columns)
        yield sheet.write
        sheet.finish()
    finally:
        book.close()


class Sheet:
    """Real numbers and dates. A moment is shown in UTC and says so, because a cell knows no zone."""

    def __init__(self, book: Workbook, columns: Sequence[tuple[str, str]]) -> None:
        self._sheet, self._row, self._width = book.add_worksheet(), 0, len(columns)
        self._bold = book.add_format({"bold": True, "quote_prefix": True})
        self._quoted = book.add_format({"quote_prefix": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": 'yyyy-mm-dd hh:mm:ss" UTC"'})
        self._sheet.freeze_panes(1, 0)
        for number, (_key, heading) in enumerate(columns):
            self._sheet.set_column(number, number, min(max(len(str(heading)) + 4, 12), 40))
        for number, (_key, heading) in enumerate(columns):
            self._sheet.write_string(0, number, str(heading), self._bold)

    def write(self, row: Sequence[Any]) -> None:
        self._row += 1
        if self._row >= MOST_ROWS:
            text = _("An Excel sheet holds %(rows)d rows. Narrow the list, or choose CSV.")
            raise TooLarge(text % {"rows": MOST_ROWS})
        for column, value in enumerate(row):
            kind = type(value)
            if kind is str:
                self._write_text(column, value)
            elif kind is float or kind is int or kind is Decimal:
                self._write_number(column, value)
            elif value is not None:
                self._write_other(column, value)

    def finish(self) -> None:
        if self._width:
            self._sheet.autofilter(0, 0, max(self._row, 1), self._width - 1)

    def _write_text(self, column: int, text: str) -> None:
        if len(text) > LONGEST_CELL:
            mark = _("… (cut: a cell holds %(size)d characters)") % {"size": LONGEST_CELL}
            text = text[: LONGEST_CELL - len(mark)] + mark
        if text:
            # The mark makes it stay text when somebody edits the cell; the content is not changed.
            style = None if text[0].isalnum() or not is_formula(text) else self._quoted
            self._sheet.write_string(self._row, column, text, style)

    def _write_number(self, column: int, number: int | float | Decimal) -> None:
        if _is_exact(number):
            self._sheet.write_number(self._row, column, number)
        else:
            self._write_text(column, text_of(number))

    def _write_other(self, column: int, value: Any) -> None:
        if isinstance(value, bool):
            self._sheet.write_boolean(self._row, column, value)
        elif isinstance(value, datetime) and value.year > FIRST_YEAR:
            naive = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
            self._sheet.write_datetime(self._row, column, naive, self._moment)
        elif isinstance(value, date) and value.year > FIRST_YEAR and not isinstance(value, datetime):
            self._sheet.write_datetime(self._row, column, value, self._day)
        else:
            self._write_text(column, text_of(value))


def _is_exact(number: int | float | Decimal) -> bool:
    """Whether a cell would show the number as it is."""
    if isinstance(number, Decimal):
        return number.is_finite() and len(number.as_tuple().digits) <= 15 and abs(number) < DIGITS
    return abs(number) < DIGITS if isinstance(number, int) else isfinite(number)
