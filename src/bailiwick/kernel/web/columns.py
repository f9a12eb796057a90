"""Columns of lists: what they show of a row, what they give to an export, and which of them are chosen."""

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import strip_tags

from bailiwick.kernel.base.manifest import Text

MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `cell` makes what is shown of a row, `link` the address of a header cell, `sort` names a unique field,
    or one with the field that tells equal rows apart ("due_at,id").

    `classes` are those of the cell: num, nowrap, and on phones c-2 (state), c-3 (time) or c-hide. `code` is its stable
    name in addresses and files. `value` gives exports a plain value, else they get the text of the cell; under
    `sub_title` they get the second line as a column of its own. One that is not shown at first is offered. One without
    a title holds what can be done to a row: it is always shown, and never exported.
    """

    title: Text
    cell: Callable[[Any], Any]
    sub: Callable[[Any], Any] | None = None
    link: Callable[[Any], str] | None = None
    sort: str = ""
    classes: str = "c-hide"
    code: str = ""
    is_shown: bool = True
    value: Callable[[Any], Any] | None = None
    sub_title: Text = ""

    @property
    def is_data(self) -> bool:
        return bool(self.title)

    @property
    def plain(self) -> Callable[[Any], Any]:
        """What an export gets of a row: numbers stay numbers, times stay times."""
        return self.value or (lambda row: text_of(self.cell(row)))


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    text: Any
    sub: Any
    url: str
    is_head: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a page; `name` is what readers hear beside its tick."""

    key: str
    name: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Header:
    """A column's head; `direction` is how the rows are sorted by it now, `order` how a click sorts them."""

    title: Text
    classes: str
    direction: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A column in the menu of columns; the header cell's is always there."""

    column: Column
    is_chosen: bool
    is_fixed: bool


def text_of(cell: Any) -> str:
    """The text of a cell, without its markup; what is no markup of ours stays as it is."""
    if not hasattr(cell, "__html__"):
        return str(cell)
    return " ".join(html.unescape(strip_tags(str(cell))).split())


def head_of(columns: Sequence[Column]) -> Column:
    """The column whose cells are the rows' headers: the first that links, else the first."""
    return next((column for column in columns if column.link), columns[0])


def choose(columns: Sequence[Column], asked: Sequence[str]) -> list[Column]:
    """The columns asked for in the order in which they are declared; at first those meant to be shown, at most eight.

    The header cell's column is always among them.
    """
    head, known = head_of(columns), {column.code for column in columns}
    if wanted := set(asked) & known:
        return [column for column in columns if column is head or column.code in wanted or not column.is_data]
    shown = [column for column in columns if column is head or column.is_shown]
    return [column for column in shown if column in shown[:MOST_SHOWN] or not column.is_data]


def line_of(key: Any, row: Any, columns: Sequence[Column]) -> Line:
    """A row with its cells; only the header's text is read twice."""
    head = head_of(columns)
    cells = [_cell(column, row, column is head) for column in columns]
    return Line(str(key), next(text_of(cell.text) for cell in cells if cell.is_head), cells)


def _cell(column: Column, row: Any, is_head: bool) -> Cell:
    sub = column.sub(row) if column.sub else ""
    return Cell(column, column.cell(row), sub, column.link(row) if column.link else "", is_head)


def header_of(column: Column, sorting: str) -> Header:
    """The head of a column in a list sorted by `sorting`, a field with a minus for descending."""
    if not column.sort:
        return Header(column.title, column.classes)
    if sorting.removeprefix("-") != column.sort:
        return Header(column.title, column.classes, order=f"-{column.sort}")
    is_descending = sorting.startswith("-")
    direction = "descending" if is_descending else "ascending"
    return Header(column.title, column.classes, direction, column.sort if is_descending else f"-{column.sort}")


def exported(columns: Sequence[Column]) -> Iterator[tuple[str, str, Callable[[Any], Any]]]:
    """Code, heading and value of what an export has of some columns."""
    for column in (column for column in columns if column.is_data):
        yield column.code, str(column.title), column.plain
        if column.sub and column.sub_title:
            yield f"{column.code}_sub", str(column.sub_title), column.sub
