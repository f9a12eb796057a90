"""The tables of the organisation looked into, a list of rows, and one row."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.admin.templatetags.admin_list import result_headers, results
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from bailiwick.kernel.operators.actions import note_list, note_row
from bailiwick.kernel.operators.scope import looking_into
from bailiwick.kernel.operators.values import Visit
from bailiwick.kernel.operators.web.door import OperatorPage
from bailiwick.kernel.operators.web.tables import MOST_ROWS, TABLES, RowsAdmin


class LookingPage(OperatorPage):
    """A page about the organisation looked into; while none is, it leads to the choice.

    What it shows is read in the scope of that organisation, to the last value; the page around it in the operator's.
    """

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, **_place: Any) -> HttpResponse:
        visit = self.find_visit()
        if visit is None:
            return redirect("operators:choose")
        with looking_into(visit.organization_id):
            seen = self.look()
        self.note(visit)
        return self.show(**seen, **self.header(visit))

    def look(self) -> dict[str, Any]:
        raise NotImplementedError

    def note(self, visit: Visit) -> None:
        """Tell in the trail what was seen; the names of the tables are no secret."""

    @property
    def table(self) -> RowsAdmin:
        """The one that the address names; raises Http404."""
        found = TABLES.get(self.kwargs["table"])
        if found is None:
            raise Http404
        return found


def context_of(response: HttpResponse) -> dict[str, Any]:
    """What the admin would show; it leads elsewhere from what is not there."""
    if not isinstance(response, TemplateResponse) or response.context_data is None:
        raise Http404
    return response.context_data


class TablesPage(LookingPage):
    """All tables, by the part that they belong to."""

    template_name = "operators/tables.html"

    def look(self) -> dict[str, Any]:
        tables = sorted(TABLES.values(), key=lambda each: (each.opts.app_label, each.opts.db_table))
        parts = groupby(tables, lambda each: each.opts.app_label)
        return {"parts": [(apps.get_app_config(label).verbose_name, list(some)) for label, some in parts]}


class TablePage(LookingPage):
    """The newest rows of one table, a hundred a page."""

    template_name = "operators/table.html"
    keys: list[UUID]

    def look(self) -> dict[str, Any]:
        shown = context_of(self.table.changelist_view(self.request))["cl"]
        page = shown.paginator.page(shown.page_num)
        self.keys = [row.pk for row in shown.result_list]
        return {
            "name": self.kwargs["table"],
            "headers": list(result_headers(shown)),
            "lines": [list(line) for line in results(shown)],
            "count": shown.result_count,
            "is_cut": shown.result_count >= MOST_ROWS,
            "first": page.start_index(),
            "last": page.end_index(),
            "newer": page.previous_page_number() if page.has_previous() else None,
            "older": page.next_page_number() if page.has_next() else None,
        }

    def note(self, visit: Visit) -> None:
        page = self.request.GET.get("p", "1")
        place, model = visit.organization_id, self.table.model
        note_list(actor=self.actor, organization_id=place, model=model, page=page, keys=self.keys)


class RowPage(LookingPage):
    """One row, with all that may be seen of it."""

    template_name = "operators/row.html"

    def look(self) -> dict[str, Any]:
        rows, row_id = self.table, self.kwargs["row_id"]
        form = context_of(rows.changeform_view(self.request, str(row_id)))["adminform"]
        return {
            "name": self.kwargs["table"],
            "key": row_id,
            "values": [(each.field["label"], each.contents()) for part in form for line in part for each in line],
        }

    def note(self, visit: Visit) -> None:
        row = self.table.model(pk=self.kwargs["row_id"])
        note_row(actor=self.actor, organization_id=visit.organization_id, row=row)
