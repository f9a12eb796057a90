"""The one list of the house: columns, filters as chips, views, pages by cursor, selection, all of it in the address."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.manifest import Text
from bailiwick.kernel.web import bulk, exports
from bailiwick.kernel.web.bulk import BulkAction, Outcome
from bailiwick.kernel.web.chips import chips, is_used
from bailiwick.kernel.web.columns import Choice, Column, Header, Line, choose, head_of, header_of, line_of
from bailiwick.kernel.web.cursors import decode, slice_rows
from bailiwick.kernel.web.errors import InvalidAddress
from bailiwick.kernel.web.keeping import ViewForm, keep_view
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.queries import list_views
from bailiwick.kernel.web.selection import Selection, require_sight, selection_of
from bailiwick.kernel.web.tabs import COUNTED, COUNTED_UP_TO, NamedView, Tab, tabs_of

__all__ = ["BulkAction", "Column", "ListPage", "NamedView"]

ROWS_COUNTED_UP_TO = 10_000


class ListPage(Page):
    """A list: `rows` says which, `narrow` how the filters cut, `present` what belongs to the rows of one page.

    Saved views, the choice of columns, export and actions on many rows come with it, at the list's own address.
    """

    template_name = "web/list.html"
    partial_name = "web/_list.html"
    title: ClassVar[Text]
    lead: ClassVar[Text] = ""
    newer_title: ClassVar[Text] = gettext_lazy("Newer")
    older_title: ClassVar[Text] = gettext_lazy("Older")
    no_match: ClassVar[Text] = gettext_lazy("Nothing matches these filters")
    nothing_yet: ClassVar[Text] = gettext_lazy("Nothing here yet")
    nothing_yet_hint: ClassVar[Text] = ""
    columns: ClassVar[Sequence[Column]]
    bulk: ClassVar[Sequence[BulkAction]] = ()
    caption: ClassVar[Text]
    order: ClassVar[str] = "-id"
    """A unique field, or one with the field that tells equal rows apart: "due_at,id"."""
    page_size: ClassVar[int] = 50
    filter_class: ClassVar[type[Form]] = Form
    search_name: ClassVar[str] = ""
    """The filter that the search field stands for."""
    note_name: ClassVar[str] = ""
    """A part above the rows that says what the list leaves out."""
    reads_by_key: ClassVar[bool] = False
    """Whether `present` asks the rows for nothing but their `pk`, so that exports need not make them."""

    def rows(self) -> QuerySet[Any]:
        """Every row that the actor may see."""
        raise NotImplementedError

    def narrow(self, rows: QuerySet[Any], values: Mapping[str, Any]) -> QuerySet[Any]:
        return rows

    def present(self, rows: list[Any]) -> Iterable[Any]:
        """What the columns read, one for each row and in their order; exports ask for 4,000 at a time."""
        return rows

    def disclose(self, rows: list[Any], *, is_export: bool = False) -> None:
        """Called with rows that are shown or written into a file, in the transaction that reads them.

        Where records are sensitive, this is the place to record it.
        """

    @property
    def counted_up_to(self) -> int:
        """The most rows that are counted: of more, a list says that there are more."""
        return ROWS_COUNTED_UP_TO

    def views(self) -> Sequence[NamedView]:
        return ()

    def filters(self) -> Form:
        return self.filter_class(self.request.GET)

    def get(self, request: HttpRequest, **words: Any) -> HttpResponse:
        if request.GET.get("part") == "views" and self.is_partial:
            return render(request, "web/_views.html", self.view_frame(self.counted(self.tabs())) | {"is_counted": True})
        return self.show_list()

    def post(self, request: HttpRequest, **words: Any) -> HttpResponse:
        """Whatever is done to a list or its rows: `do` says what."""
        require_sight(self)
        self.rows()
        match request.POST.get("do", "").split(":", 1):
            case ["view", what]:
                return self._keep_view(what)
            case ["export", kind]:
                return redirect("jobs:job", exports.start(self, selection_of(self), kind).id)
            case ["bulk", code]:
                return self._carry_out(bulk.offered(self, code), selection_of(self))
        raise InvalidAddress(_("This form does not belong to the list. Begin again without it."))

    def show_list(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """The list as the address asks for it; `more` is what stands around it this time."""
        form = self.filters()
        if not form.is_valid():
            return self.show(status=422, form=form, **(self.frame(form) | more))
        narrowed = self.narrow(self.rows(), form.cleaned_data)
        part = slice_rows(narrowed, self.sorting(), decode(self.request.GET.get("cursor", "")), self.page_size)
        return self.show(
            status=status,
            form=form,
            chips=chips(form, self.search_name),
            is_narrowed=any(is_used(value) for value in form.cleaned_data.values()),
            lines=self.lines(part.rows),
            part=part,
            count=narrowed.order_by()[: self.counted_up_to + 1].count(),
            counted_up_to=self.counted_up_to,
            moment=now(),
            **(self.frame(form) | more),
        )

    def frame(self, form: Form) -> dict[str, Any]:
        """What stands around the rows, whatever they are."""
        return self.view_frame(self.tabs()) | {
            "headers": self.headers(),
            "choices": self.column_choices(),
            "bulk_actions": [
                each.shown_to(self.actor) for each in self.bulk if not each.right or self.actor.may(each.right)
            ],
            "formats": exports.formats(),
            "search": form[self.search_name] if self.search_name else None,
            "others": [field for field in form.visible_fields() if field.name != self.search_name],
        }

    def view_frame(self, tabs: list[Tab]) -> dict[str, Any]:
        """The tabs, and the form that keeps a view: the current one of mine, or a new one."""
        mine = next((tab.saved for tab in tabs if tab.is_current and tab.is_mine), None)
        initial = {"title": mine.title, "is_shared": mine.is_shared} if mine else None
        return {"tabs": tabs, "current": mine, "view_form": ViewForm(initial=initial)}

    def narrowed(self) -> QuerySet[Any]:
        """The rows that match the address's filters; raises InvalidInput for those it does not understand."""
        form = self.filters()
        if not form.is_valid():
            raise InvalidInput({name: [str(each) for each in errors] for name, errors in form.errors.items()})
        return self.narrow(self.rows(), form.cleaned_data)

    def sorting(self) -> str:
        """The order asked for if a column offers it, else the list's own."""
        asked = self.request.GET.get("sort", "")
        offered = {column.sort for column in self.columns if column.sort}
        return asked if asked.removeprefix("-") in offered else self.order

    def chosen_columns(self) -> list[Column]:
        return choose(self.columns, self.request.GET.getlist("columns"))

    def column_choices(self) -> list[Choice]:
        chosen, head = self.chosen_columns(), head_of(self.columns)
        return [Choice(each, each in chosen, each is head) for each in self.columns if each.is_data]

    def headers(self) -> list[Header]:
        return [header_of(column, self.sorting()) for column in self.chosen_columns()]

    def lines(self, rows: list[Any]) -> list[Line]:
        columns = self.chosen_columns()
        self.disclose(rows)
        return [line_of(row.pk, shown, columns) for row, shown in zip(rows, self.present(rows), strict=True)]

    @property
    def list_name(self) -> str:
        match = self.request.resolver_match
        assert match
        return match.view_name

    def tabs(self) -> list[Tab]:
        saved = list_views(self.actor, self.list_name)
        return tabs_of(self.views(), saved, self.request.GET, self.actor.member_id)

    def counted(self, tabs: list[Tab]) -> list[Tab]:
        """The first tabs with how many rows each has; what a saved view asks for may not be understood any more."""
        for tab in tabs[:COUNTED]:
            other = self.at(tab.query)
            form = other.filters()
            if form.is_valid():
                rows = other.narrow(other.rows(), form.cleaned_data)
                tab.count = rows.order_by()[: COUNTED_UP_TO + 1].count()
        return tabs

    def at(self, query: str) -> "ListPage":
        """The same list at another query."""
        other, other.request = copy(self), copy(self.request)
        other.request.GET = QueryDict(query)
        return other

    def _keep_view(self, what: str) -> HttpResponse:
        form = ViewForm(self.request.POST)
        try:
            address = keep_view(self, what, form)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            address = ""
        return redirect(address) if address else self.show_list(status=422, view_form=form)

    def _carry_out(self, action: BulkAction, selection: Selection) -> HttpResponse:
        result = bulk.carry_out(self, action, selection, self.request.POST.get(f"reason:{action.code}", "").strip())
        if not isinstance(result, Outcome):
            self.tell(_("It goes on in the background."))
            return redirect("jobs:job", result.id)
        if result.skipped:
            return self.show_list(outcome=result, action=action)
        self.tell(result.sentence)
        return redirect(self.request.get_full_path())
