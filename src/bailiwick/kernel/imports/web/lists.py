"""Lists of imports and of their rows."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.imports.queries import get_import, list_imports, list_rejected, list_taken
from bailiwick.kernel.imports.values import Importer
from bailiwick.kernel.web.tables import Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts


class ImportList(ListPage):
    """The files that I brought in. An app says its importer and its own words."""

    importer: ClassVar[Importer]
    title = gettext_lazy("My imports")
    nothing_yet = gettext_lazy("No imports yet")
    caption = gettext_lazy("My imports, newest first")
    columns = (
        Column(
            gettext_lazy("File"),
            lambda row: row.file.name,
            link=lambda row: reverse(f"{row._meta.app_label}:import-result", args=[row.id]),
            classes="w",
            code="file",
        ),
        Column(gettext_lazy("State"), lambda row: state_of(row), classes="c-2", code="state"),
        Column(gettext_lazy("Stored"), lambda row: parts.figure(row.created), classes="num c-hide", code="stored"),
        Column(
            gettext_lazy("Recognised"), lambda row: parts.figure(row.repeated), classes="num c-hide", code="recognised"
        ),
        Column(gettext_lazy("Rejected"), lambda row: parts.figure(row.rejected), classes="num c-hide", code="rejected"),
        Column(
            gettext_lazy("Uploaded"),
            lambda row: parts.ago(row.made_at),
            sort="id",
            classes="num c-3 nowrap dim",
            code="uploaded",
            value=lambda row: row.made_at,
        ),
    )

    def rows(self) -> QuerySet[Any]:
        return list_imports(self.importer, self.actor)


def state_of(opened: Any) -> SafeString:
    """Where an import stands."""
    if opened.job is None:
        return parts.state("open", _("Not started"))
    return parts.state(opened.job.look, opened.job.sentence)


class RowsOfImport(ListPage):
    """Rows of one import, by line."""

    importer: ClassVar[Importer]
    key: ClassVar[str] = "import_id"
    """What the import is called in addresses."""
    template_name = "imports/rows.html"
    order = "id"
    newer_title = gettext_lazy("Before")
    older_title = gettext_lazy("After")

    @property
    def opened(self) -> Any:
        return get_import(self.importer, self.actor, self.kwargs[self.key])

    @property
    def links(self) -> dict[str, str]:
        """The addresses of what stands above the rows."""
        app = self.importer.app
        result = reverse(f"{app}:import-result", args=[self.kwargs[self.key]])
        return {"imports": reverse(f"{app}:imports"), "result": result}


class RejectedRows(RowsOfImport):
    """What was not in order, and why."""

    title = gettext_lazy("Rejected rows")
    lead = gettext_lazy("What was given, and what is wrong with it. The rejected rows are on the import as a file too.")
    nothing_yet = gettext_lazy("No row was rejected")
    nothing_yet_hint = gettext_lazy("Every row of the file was in order.")
    caption = gettext_lazy("Rejected rows, by line")
    columns = (
        Column(
            gettext_lazy("Line"),
            lambda row: parts.figure(row.line),
            sort="id",
            classes="w",
            code="line",
            value=lambda row: row.line,
        ),
        Column(gettext_lazy("Errors"), lambda row: sentences_of(row), classes="c-2", code="errors"),
        Column(gettext_lazy("What was given"), lambda row: given_of(row), classes="cut-cell c-hide", code="given"),
    )

    def rows(self) -> QuerySet[Any]:
        return list_rejected(self.importer, self.opened)


def given_of(row: Any) -> str:
    """The cells that are not empty, in the order of the file, cut where they are long."""
    names = [*(name for name in row.source.columns if name in row.values), *row.values]
    given = {name: row.values[name] for name in names if row.values[name] not in ("", None)}
    return ", ".join(f"{name}: {str(value)[:80]}" for name, value in given.items()) or _("nothing that can be read")


def sentences_of(row: Any) -> str:
    return " ".join(f"{name}: {' '.join(sentences)}" for name, sentences in row.errors.items())


class TakenFilters(forms.Form):
    """What the list is narrowed by."""

    is_new = forms.ChoiceField(
        label=gettext_lazy("Row is"),
        choices=[("", gettext_lazy("any")), ("yes", gettext_lazy("stored")), ("no", gettext_lazy("recognised"))],
        required=False,
    )


class TakenRows(RowsOfImport):
    """What was stored, and what had been there before. An app adds the column that says what it is."""

    title = gettext_lazy("Rows that were taken")
    lead = gettext_lazy("Those that were stored, and those that were recognised as stored before.")
    nothing_yet = gettext_lazy("No row was taken yet")
    nothing_yet_hint = gettext_lazy("Rows show up here as the import goes on.")
    caption = gettext_lazy("Rows that were taken, by line")
    filter_class = TakenFilters

    def rows(self) -> QuerySet[Any]:
        return list_taken(self.importer, self.opened)

    def narrow(self, rows: QuerySet[Any], values: Mapping[str, Any]) -> QuerySet[Any]:
        return rows.filter(is_new=values["is_new"] == "yes") if values["is_new"] else rows

    def views(self) -> list[NamedView]:
        return [
            NamedView(_("All"), {}),
            NamedView(_("Stored"), {"is_new": "yes"}),
            NamedView(_("Recognised"), {"is_new": "no"}),
        ]


def became_of(row: Any) -> SafeString:
    return parts.state("good", _("Stored")) if row.is_new else parts.state("end", _("Recognised"))


BECAME = Column(gettext_lazy("Became"), became_of, classes="c-2", code="became")
LINE = Column(
    gettext_lazy("Line"),
    lambda row: parts.figure(row.line),
    sort="id",
    classes="num c-3",
    code="line",
    value=lambda row: row.line,
)
"""The columns of what was taken that follow the app's own."""
