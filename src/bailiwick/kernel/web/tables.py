"""The one list of the house: columns, filters as chips, pages by cursor, all of it in the address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.forms import BoundField, Form
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Text
from bailiwick.kernel.web.cursors import decode, slice_rows
from bailiwick.kernel.web.pages import Page

COUNTED_UP_TO = 10_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `cell` makes what is shown of a row, `link` the address of a header cell, `sort` names a unique field.

    `classes` are those of the cell: num, nowrap, and on phones c-2 (state), c-3 (time) or c-hide.
    """

    title: Text
    cell: Callable[[Any], Any]
    sub: Callable[[Any], Any] | None = None
    link: Callable[[Any], str] | None = None
    sort: str = ""
    classes: str = "c-hide"


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    text: Any
    sub: Any
    url: str


@dataclass(frozen=True, slots=True)
class Header:
    """A column's head; `direction` is how the rows are sorted by it now, `order` how a click sorts them."""

    title: Text
    classes: str
    direction: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use, as a sentence."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named set of filters."""

    title: Text
    query: Mapping[str, str]
    is_current: bool = False

    @property
    def address(self) -> str:
        return f"?{urlencode(self.query)}" if self.query else ""


class ListPage(Page):
    """A list: `rows` says which, `narrow` how the filters cut, `present` what belongs to the rows of one page."""

    template_name = "web/list.html"
    partial_name = "web/_list.html"
    title: ClassVar[Text]
    lead: ClassVar[Text] = ""
    newer_title: ClassVar[Text] = _("Newer")
    older_title: ClassVar[Text] = _("Older")
    no_match: ClassVar[Text] = _("Nothing matches these filters")
    nothing_yet: ClassVar[Text] = _("Nothing here yet")
    nothing_yet_hint: ClassVar[Text] = ""
    columns: ClassVar[Sequence[Column]]
    caption: ClassVar[Text]
    order: ClassVar[str] = "-id"
    page_size: ClassVar[int] = 50
    filter_class: ClassVar[type[Form]] = Form
    search_name: ClassVar[str] = ""
    """The filter that the search field stands for."""

    def rows(self) -> QuerySet[Any]:
        """Every row that the actor may see."""
        raise NotImplementedError

    def narrow(self, rows: QuerySet[Any], values: Mapping[str, Any]) -> QuerySet[Any]:
        return rows

    def present(self, rows: list[Any]) -> list[Any]:
        return rows

    def views(self) -> Sequence[SavedView]:
        return ()

    def filters(self) -> Form:
        return self.filter_class(self.request.GET)

    def get(self, request: HttpRequest) -> HttpResponse:
        form = self.filters()
        if not form.is_valid():
            return self.show(status=422, form=form, **self.frame(form))
        narrowed = self.narrow(self.rows(), form.cleaned_data)
        part = slice_rows(narrowed, self.sorting(), decode(request.GET.get("cursor", "")), self.page_size)
        return self.show(
            form=form,
            chips=chips(form, self.search_name),
            is_narrowed=any(value not in ("", None) for value in form.cleaned_data.values()),
            lines=[self.line(each) for each in self.present(part.rows)],
            part=part,
            count=narrowed.order_by()[: COUNTED_UP_TO + 1].count(),
            counted_up_to=COUNTED_UP_TO,
            moment=now(),
            **self.frame(form),
        )

    def frame(self, form: Form) -> dict[str, Any]:
        """What stands around the rows, whatever they are."""
        return {
            "headers": self.headers(),
            "views": self.current_views(),
            "search": form[self.search_name] if self.search_name else None,
            "others": [field for field in form.visible_fields() if field.name != self.search_name],
        }

    def sorting(self) -> str:
        """The order asked for if a column offers it, else the list's own."""
        asked = self.request.GET.get("sort", "")
        offered = {column.sort for column in self.columns if column.sort}
        return asked if asked.removeprefix("-") in offered else self.order

    def headers(self) -> list[Header]:
        return [self._header(column) for column in self.columns]

    def _header(self, column: Column) -> Header:
        if not column.sort:
            return Header(column.title, column.classes)
        sorting = self.sorting()
        if sorting.removeprefix("-") != column.sort:
            return Header(column.title, column.classes, order=f"-{column.sort}")
        is_descending = sorting.startswith("-")
        direction = "descending" if is_descending else "ascending"
        return Header(column.title, column.classes, direction, column.sort if is_descending else f"-{column.sort}")

    def line(self, row: Any) -> list[Cell]:
        return [
            Cell(
                column, column.cell(row), column.sub(row) if column.sub else "", column.link(row) if column.link else ""
            )
            for column in self.columns
        ]

    def current_views(self) -> list[SavedView]:
        """The saved views; the current one is that whose filters are exactly those in the address."""
        given = {name: value for name, value in self.request.GET.items() if value and name not in ("cursor", "sort")}
        return [SavedView(each.title, each.query, dict(each.query) == given) for each in self.views()]


def chips(form: Form, search_name: str = "") -> list[Chip]:
    """The filters in use; the search field shows its own."""
    used = [form[name] for name, value in form.cleaned_data.items() if value not in ("", None) and name != search_name]
    return [Chip(each.name, str(each.label), shown(each)) for each in used if not each.is_hidden]


def shown(field: BoundField) -> str:
    """A filter's value in words."""
    given = str(field.value())
    choices = dict(getattr(field.field, "choices", ()))
    return str(choices.get(given, given))
