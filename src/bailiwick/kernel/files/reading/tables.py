"""CSV: a heading, then rows of as many cells (RFC 4180, and the delimiters that spreadsheets write)."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice

from django.utils.translation import gettext as _

from bailiwick.kernel.files.errors import Unreadable
from bailiwick.kernel.files.reading.lines import LONGEST_LINE, split_lines
from bailiwick.kernel.files.values import restore

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 20
"""Lines from which the delimiter is told."""


class Lines:
    """Text lines for the parser, which counts them and stops at what is not text."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.number = 0
        self._lines = split_lines(blocks, LONGEST_LINE)
        self._ahead = list(islice(self._lines, SAMPLE))
        self.sample = [line.decode(errors="replace") for _number, line, _fault in self._ahead]

    def __iter__(self) -> Iterator[str]:
        yield from map(self._text, self._ahead)
        yield from map(self._text, self._lines)

    def _text(self, given: tuple[int, bytes, str]) -> str:
        self.number, line, fault = given
        if fault:
            raise Unreadable(_("Line %(line)d: %(fault)s") % {"line": self.number, "fault": fault})
        if b"\0" in line:
            raise Unreadable(_("Line %(line)d holds a NUL byte: this is no text.") % {"line": self.number})
        try:
            return line.decode() + "\n"
        except UnicodeDecodeError as error:
            text = _("Line %(line)d is not UTF-8. Save the file as “CSV UTF-8” and give it again.")
            raise Unreadable(text % {"line": self.number}) from error


def read_table(blocks: Iterator[bytes]) -> Iterator[tuple[int, list[str], str]]:
    """Line number, cells and fault of every row that is not blank, the heading among them."""
    lines = Lines(blocks)
    reader = csv.reader(iter(lines), delimiter=find_delimiter(lines.sample), strict=True)
    while True:
        begin = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield begin, [], _fault(str(error), begin, lines.number)
            continue
        if len(cells) == 1 or any(cells):
            yield begin, [restore(cell) if cell[:1] == "'" else cell for cell in cells], ""


def _fault(error: str, begin: int, end: int) -> str:
    """The parser's words in ours; raises Unreadable where nothing further can be told apart."""
    if "unexpected end" in error or ("field limit" in error and end > begin):
        text = _("The quotation mark that opens in line %(line)d is never closed.")
        raise Unreadable(text % {"line": begin})
    if "field limit" in error:
        return _("A cell is longer than %(size)d characters.") % {"size": csv.field_size_limit()}
    if end > begin:
        return _("The quotation marks from line %(begin)d to line %(end)d do not match.") % {"begin": begin, "end": end}
    if "new-line" in error:
        return _("A carriage return stands outside of quotation marks.")
    return _("The quotation marks in this line do not match: one within a cell has to be doubled.")


def find_delimiter(sample: Sequence[str]) -> str:
    """The delimiter that gives every line as many cells, and the most; else that of the heading; else a comma."""
    widths = {delimiter: _widths(sample, delimiter) for delimiter in DELIMITERS}
    even = [delimiter for delimiter in DELIMITERS if len(set(widths[delimiter])) == 1 and widths[delimiter][0] > 1]
    return max(even or DELIMITERS, key=lambda delimiter: widths[delimiter][0] if widths[delimiter] else 0)


def _widths(sample: Sequence[str], delimiter: str) -> list[int]:
    try:
        return [len(cells) for cells in csv.reader([f"{line}\n" for line in sample], delimiter=delimiter) if any(cells)]
    except csv.Error:
        return []
