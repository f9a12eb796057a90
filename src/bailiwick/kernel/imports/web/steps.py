"""Bringing rows in from a file, in four steps; each has its address, and Back loses nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.manifest import Text
from bailiwick.kernel.files.errors import Unreadable
from bailiwick.kernel.imports.actions import map_columns, open_import, start_import
from bailiwick.kernel.imports.queries import forecast, get_import, preview_file
from bailiwick.kernel.imports.values import Importer
from bailiwick.kernel.imports.web.forms import MappingForm, UploadForm
from bailiwick.kernel.jobs.web.jobs import progress_of
from bailiwick.kernel.web.pages import Page, refuse_form

PREVIEWED = 5
STEPS = {
    "columns": "import-columns",
    "check": "import-check",
    "result": "import-result",
    "taken": "import-taken",
    "rejected": "import-rejected",
}


class ImportPage(Page):
    """What the steps share. An app says its importer, how rows are read, and its own words."""

    importer: ClassVar[Importer]
    key: ClassVar[str] = "import_id"
    """What the import is called in addresses."""
    home_title: ClassVar[Text]
    """Of the page that `navigation_name` leads to."""
    labels: ClassVar[Mapping[str, Text]]
    """Of the fields, in the order in which they are asked for."""
    title: ClassVar[Text]
    hint: ClassVar[Text]
    """What is said of a file that is sent again."""
    will_be_stored: ClassVar[Text]
    was_stored: ClassVar[Text]

    @staticmethod
    def read(opened: Any, rows: Sequence[Mapping[str, Any]]) -> Any:
        """How a group of rows is read; raises a DomainError."""
        raise NotImplementedError

    def show(self, *, status: int = 200, opened: Any = None, **context: Any) -> HttpResponse:
        return super().show(status=status, opened=opened, links=self.links(opened), **context)

    def links(self, opened: Any) -> dict[str, str]:
        """The addresses of the steps and lists."""
        app = self.importer.app
        links = {name: reverse(f"{app}:{name}") for name in ("import", "imports")}
        if opened:
            links |= {name: reverse(f"{app}:{step}", args=[opened.id]) for name, step in STEPS.items()}
        return links | {"home": reverse(self.navigation_name)}

    @property
    def import_id(self) -> UUID:
        key: UUID = self.kwargs[self.key]
        return key

    def opened(self) -> Any:
        return get_import(self.importer, self.actor, self.import_id)


class UploadStep(ImportPage):
    """Step 1: the file."""

    template_name = "imports/upload.html"

    def form(self, *given: Any) -> UploadForm:
        return UploadForm(*given)

    def open(self, values: Mapping[str, Any]) -> Any:
        return open_import(self.importer, actor=self.actor, upload=values["file"])

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(step=1, form=self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if form.is_valid():
            try:
                with transaction.atomic():
                    opened = self.open(form.cleaned_data)
                return redirect(self.links(opened)["columns"])
            except InvalidInput as refusal:
                refuse_form(form, refusal)
        return self.show(status=422, step=1, form=form)


class ColumnsStep(ImportPage):
    """Step 2: which column is which field, with the first rows as they would be read."""

    def get(self, request: HttpRequest, **key: UUID) -> HttpResponse:
        opened = self.opened()
        return self._show(opened, MappingForm(self.labels, opened.columns, initial=opened.mapping))

    def post(self, request: HttpRequest, **key: UUID) -> HttpResponse:
        opened = self.opened()
        form = MappingForm(self.labels, opened.columns, request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    mapping = form.cleaned_data
                    opened = map_columns(self.importer, actor=self.actor, import_id=self.import_id, mapping=mapping)
                return redirect(self.links(opened)["columns" if "preview" in request.POST else "check"])
            except InvalidInput as refusal:
                refuse_form(form, refusal)
        return self._show(opened, form, status=422)

    def _show(self, opened: Any, form: MappingForm, status: int = 200) -> HttpResponse:
        rows = preview_file(self.importer, opened, self.read, PREVIEWED)
        has_objects = self.importer.has_objects(opened)
        return self.show(status=status, step=2, opened=opened, form=form, rows=rows, has_objects=has_objects)


class CheckStep(ImportPage):
    """Step 3: what will happen, in numbers; then it starts."""

    template_name = "imports/check.html"

    def get(self, request: HttpRequest, **key: UUID) -> HttpResponse:
        opened = self.opened()
        try:
            expected = forecast(self.importer, self.actor, opened, self.read)
        except Unreadable as refusal:
            return self.show(step=3, opened=opened, unreadable=refusal)
        return self.show(step=3, opened=opened, forecast=expected)

    def post(self, request: HttpRequest, **key: UUID) -> HttpResponse:
        opened = start_import(self.importer, actor=self.actor, import_id=self.import_id)
        return redirect(self.links(opened)["result"])


class ResultStep(ImportPage):
    """Step 4: how far it is, and what became of the rows."""

    template_name = "imports/result.html"

    def get(self, request: HttpRequest, **key: UUID) -> HttpResponse:
        opened = self.opened()
        progress = progress_of(self, opened.job) if opened.job else {}
        return self.show(step=4, opened=opened, **progress)
