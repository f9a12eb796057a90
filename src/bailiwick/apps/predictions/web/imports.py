"""Bringing predictions in from a file, in four steps; each has its address, and Back loses nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.predictions.actions.imports import errors_of, map_columns, open_import, start_import
from bailiwick.apps.predictions.manifest import SUBMIT
from bailiwick.apps.predictions.models import Import
from bailiwick.apps.predictions.queries.imports import (
    forecast,
    get_import,
    list_imports,
    list_rejected,
    list_taken,
)
from bailiwick.apps.predictions.reading import read_row
from bailiwick.apps.predictions.web.forms.imports import MappingForm, UploadForm
from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.files.errors import Unreadable
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.files.reading import Row, read_head
from bailiwick.kernel.jobs.web.jobs import progress_of
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.tables import Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

PREVIEWED = 5


class ImportPage(Page):
    """What the steps share."""

    right = SUBMIT
    navigation_name = "predictions:list"


class UploadPage(ImportPage):
    """Step 1: the file."""

    template_name = "predictions/import.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(step=1, form=UploadForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                with transaction.atomic():
                    opened = open_import(actor=self.actor, upload=form.cleaned_data["file"])
                return redirect("predictions:import-columns", opened.id)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
        return self.show(status=422, step=1, form=form)


@dataclass(frozen=True, slots=True)
class Previewed:
    """A row as it would be read, or why it would not be."""

    line: int
    read: Any = None
    errors: Mapping[str, list[str]] | None = None


class ColumnsPage(ImportPage):
    """Step 2: which column is which field, with the first rows as they would be read."""

    template_name = "predictions/import_columns.html"

    def get(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        opened = get_import(self.actor, import_id)
        return self._show(opened, MappingForm(opened.columns, initial=opened.mapping))

    def post(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        opened = get_import(self.actor, import_id)
        form = MappingForm(opened.columns, request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    opened = map_columns(actor=self.actor, import_id=import_id, mapping=form.cleaned_data)
                if "preview" in request.POST:
                    return redirect("predictions:import-columns", import_id)
                return redirect("predictions:import-check", import_id)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
        return self._show(opened, form, status=422)

    def _show(self, opened: Import, form: MappingForm, status: int = 200) -> HttpResponse:
        with open_content(opened.file) as content:
            rows = read_head(content, opened.file.kind, PREVIEWED).rows
        return self.show(status=status, step=2, opened=opened, form=form, rows=[preview(opened, row) for row in rows])


def preview(opened: Import, row: Row) -> Previewed:
    """What would become of one row."""
    if row.fault:
        return Previewed(row.number, errors={"row": [row.fault]})
    try:
        return Previewed(row.number, read_row(opened, row.values))
    except DomainError as refusal:
        return Previewed(row.number, errors=errors_of(opened, refusal))


class CheckPage(ImportPage):
    """Step 3: what will happen, in numbers; then it starts."""

    template_name = "predictions/import_check.html"

    def get(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        opened = get_import(self.actor, import_id)
        try:
            expected = forecast(self.actor, opened, read_row, errors_of)
        except Unreadable as refusal:
            return self.show(step=3, opened=opened, unreadable=refusal)
        return self.show(step=3, opened=opened, forecast=expected)

    def post(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        opened = start_import(actor=self.actor, import_id=import_id)
        return redirect("predictions:import-result", opened.id)


class ResultPage(ImportPage):
    """Step 4: how far it is, and what became of the rows."""

    template_name = "predictions/import_result.html"

    def get(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        opened = get_import(self.actor, import_id)
        progress = progress_of(self, opened.job) if opened.job else {}
        return self.show(step=4, opened=opened, **progress)


class ImportList(ListPage):
    """The files that I brought in."""

    right = SUBMIT
    navigation_name = "predictions:list"
    title = gettext_lazy("My imports")
    lead = gettext_lazy("Files of predictions that you brought in, and what became of their rows.")
    nothing_yet = gettext_lazy("No imports yet")
    nothing_yet_hint = gettext_lazy("Upload a file of predictions: before anything is stored you see what will happen.")
    caption = gettext_lazy("My imports, newest first")
    columns = (
        Column(
            gettext_lazy("File"),
            lambda row: row.file.name,
            link=lambda row: reverse("predictions:import-result", args=[row.id]),
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

    def rows(self) -> QuerySet[Import]:
        return list_imports(self.actor)


def state_of(opened: Import) -> SafeString:
    """Where an import stands."""
    if opened.job is None:
        return parts.state("open", _("Not started"))
    return parts.state(opened.job.look, opened.job.sentence)


class RowsOfImport(ListPage):
    """Rows of one import, by line."""

    right = SUBMIT
    navigation_name = "predictions:list"
    template_name = "predictions/import_rows.html"
    order = "id"
    newer_title = gettext_lazy("Before")
    older_title = gettext_lazy("After")

    @property
    def opened(self) -> Import:
        return get_import(self.actor, self.kwargs["import_id"])


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
        return list_rejected(self.opened)


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
    """What was stored, and what had been there before."""

    title = gettext_lazy("Rows that were taken")
    lead = gettext_lazy("Those that were stored, and those that were recognised as stored before.")
    nothing_yet = gettext_lazy("No row was taken yet")
    nothing_yet_hint = gettext_lazy("Rows show up here as the import goes on.")
    caption = gettext_lazy("Rows that were taken, by line")
    filter_class = TakenFilters
    columns = (
        Column(
            gettext_lazy("Product"),
            lambda row: str(row.prediction),
            sub=lambda row: row.prediction.product_id,
            link=lambda row: reverse("predictions:record", args=[row.prediction_id]),
            classes="w",
            code="product",
        ),
        Column(gettext_lazy("Became"), lambda row: became_of(row), classes="c-2", code="became"),
        Column(
            gettext_lazy("Line"),
            lambda row: parts.figure(row.line),
            sort="id",
            classes="num c-3",
            code="line",
            value=lambda row: row.line,
        ),
    )

    def rows(self) -> QuerySet[Any]:
        return list_taken(self.opened)

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
