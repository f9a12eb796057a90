"""The tables of the organisation looked into, a list of rows, and one row."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.timezone import now

from bailiwick.kernel.operators.actions import note_list, note_row
from bailiwick.kernel.operators.queries import find_place
from bailiwick.kernel.operators.scope import looking_into
from bailiwick.kernel.operators.values import Visit
from bailiwick.kernel.operators.web.door import OperatorPage
from bailiwick.kernel.operators.web.tables import MOST_ROWS, RowsAdmin, site


class LookingPage(OperatorPage):
    """A page of the admin in the scope of the organisation looked into; without one it leads to the choice."""

    http_method_names = ["get", "head"]
    visit: Visit

    def get(self, request: HttpRequest, **place: Any) -> HttpResponse:
        visit = self.find_visit()
        if visit is None:
            return redirect("operators:choose")
        self.visit = visit
        # The admin hands back a page that is yet to be rendered: its rows are read here, or never.
        with looking_into(visit.organization_id):
            response = self.look(**place)
            if isinstance(response, TemplateResponse):
                response.render()
        if response.status_code == 200:
            self.note(**place)
        response["Cache-Control"] = "no-store"
        return response

    def look(self, **place: Any) -> HttpResponse:
        raise NotImplementedError

    def note(self, **place: Any) -> None:
        """Tell in the trail what was seen; the names of the tables are no secret."""

    def table(self, name: str) -> RowsAdmin:
        if name not in site.tables:
            raise Http404
        return site.tables[name]

    @property
    def header(self) -> dict[str, Any]:
        """What stands above every page: what is looked into, and how long still."""
        minutes = max(1, round((self.visit.until - now()).total_seconds() / 60))
        return {
            "visit": self.visit,
            "visited": find_place(self.visit.organization_id),
            "minutes": minutes,
            "most": MOST_ROWS,
        }


class TablesPage(LookingPage):
    """All tables, by the part that they belong to."""

    def look(self, **place: Any) -> HttpResponse:
        def part(each: RowsAdmin) -> str:
            return each.opts.app_label

        parts = [
            (apps.get_app_config(label).verbose_name, sorted(tables, key=lambda each: each.opts.db_table))
            for label, tables in groupby(sorted(site.tables.values(), key=part), part)
        ]
        context = {**site.each_context(self.request), **self.header, "parts": parts}
        return TemplateResponse(self.request, "operators/tables.html", context)


class TablePage(LookingPage):
    """The newest rows of one table, a hundred a page."""

    def look(self, **place: Any) -> HttpResponse:
        return self.table(place["table"]).changelist_view(self.request, self.header)

    def note(self, **place: Any) -> None:
        page = self.request.GET.get("p", "1")
        note_list(actor=self.actor, organization_id=self.visit.organization_id, table=place["table"], page=page[:10])


class RowPage(LookingPage):
    """One row, with all that may be seen of it."""

    def look(self, **place: Any) -> HttpResponse:
        row_id: UUID = place["row_id"]
        return self.table(place["table"]).changeform_view(self.request, str(row_id), extra_context=self.header)

    def note(self, **place: Any) -> None:
        row = self.table(place["table"]).model(pk=place["row_id"])
        note_row(actor=self.actor, organization_id=self.visit.organization_id, row=row)
