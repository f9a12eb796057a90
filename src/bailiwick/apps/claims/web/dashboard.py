"""How claims come, how they are decided, how fast and for how much."""

import io
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.choices import LineOfBusiness
from bailiwick.apps.claims.manifest import MANAGE, SEE_ALL
from bailiwick.apps.claims.queries.dashboard import Figures, Scope, get_figures
from bailiwick.apps.claims.web.panels import ages_of, flat, pends_of, reasons_of, sums_of, tiles_of, weeks_of
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.files.writing import open_writer
from bailiwick.kernel.web.figures import Links
from bailiwick.kernel.web.pages import Page

PERIODS = {"30": gettext_lazy("30 days"), "90": gettext_lazy("90 days"), "365": gettext_lazy("12 months")}
USUAL = "90"


class ScopeForm(forms.Form):
    """What the figures are taken of; each is a chip."""

    period = forms.ChoiceField(
        label=gettext_lazy("In the last"),
        choices=[*PERIODS.items(), ("all", gettext_lazy("years, all of them"))],
        required=False,
    )
    line = forms.ChoiceField(
        label=gettext_lazy("Line of business"),
        choices=[("", gettext_lazy("all lines")), *LineOfBusiness.choices],
        required=False,
    )

    @property
    def since(self) -> date | None:
        """The first day; None for all time."""
        period = self.cleaned_data["period"] or USUAL
        return None if period == "all" else localdate() - timedelta(days=int(period) - 1)

    @property
    def scope(self) -> Scope:
        return Scope(self.since, self.cleaned_data["line"])

    @property
    def links(self) -> Links:
        """The list, narrowed to the line of business."""
        line = self.cleaned_data["line"]
        return Links("claims:list", (("line", line),) if line else ())

    @property
    def chips(self) -> list[tuple[str, Any]]:
        period = self.cleaned_data["period"] or USUAL
        said = _("last {period}").format(period=PERIODS[period]) if period in PERIODS else _("all time")
        line = self.cleaned_data["line"]
        return [(_("Time"), said), (_("Line of business"), LineOfBusiness(line).label if line else _("all lines"))]


class DashboardBase(Page):
    """What the page and its file share."""

    right = (SEE_ALL, MANAGE)
    navigation_name = "claims:dashboard"

    def read(self, request: HttpRequest) -> tuple[ScopeForm, Figures]:
        form = ScopeForm(request.GET)
        if not form.is_valid():
            raise NotFound
        return form, get_figures(self.actor, form.scope)


class DashboardPage(DashboardBase):
    """Every figure opens the claims that it counts."""

    template_name = "claims/dashboard.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form, found = self.read(request)
        links = form.links
        since = form.since.isoformat() if form.since else ""
        came = links.with_(submitted_from=since) if since else links
        decided = links.with_(decided_from=since) if since else links.with_(decided="yes")
        return self.show(
            form=form,
            chips=form.chips,
            query=request.GET.urlencode(),
            found=found,
            tiles=tiles_of(found, links, came, decided),
            weeks=weeks_of(found, links, form.since),
            ages=ages_of(found, links),
            pends=pends_of(found, links),
            reasons=reasons_of(found, decided),
            sums=sums_of(found, decided),
        )


class DashboardFile(DashboardBase):
    """The same figures as a table in a file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        _form, found = self.read(request)
        columns = [("panel", _("Panel")), ("row", _("Row")), ("figure", _("Figure")), ("value", _("Value"))]
        content = io.BytesIO()
        with open_writer(FileKind.CSV, content, columns) as writer:
            for row in flat(found):
                writer.write(row)
        response = HttpResponse(content.getvalue(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="claims-{found.as_of:%Y-%m-%d}.csv"'
        response["Cache-Control"] = "no-store, private"
        return response
