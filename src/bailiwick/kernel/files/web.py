"""My files, and the door through which content leaves."""

from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.files.actions import record_opened, remove_file
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.files.queries import get_file, get_my_file, list_my_files, open_content
from bailiwick.kernel.files.sending import send
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.web.tables import BulkAction, Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts

FORM = 1024 * 1024
"""Bytes that a form may have around its file."""


class FileList(ListPage):
    """What I uploaded or had made, as long as it is kept."""

    right = MEMBER
    title = gettext_lazy("My files")
    lead = gettext_lazy("What you uploaded, and what was made for you. Nobody else sees this list.")
    nothing_yet = gettext_lazy("No files yet")
    nothing_yet_hint = gettext_lazy("Import a file or export a list: it is kept here for some time.")
    caption = gettext_lazy("My files, newest first")
    columns = (
        Column(
            gettext_lazy("Name"),
            lambda row: row.name,
            code="name",
            sub=lambda row: purpose_of(row),
            sub_title=gettext_lazy("Kept for"),
            link=lambda row: reverse("files:download", args=[row.id]),
            classes="w",
        ),
        Column(gettext_lazy("Kind"), lambda row: row.get_kind_display(), code="kind", classes="c-2 nowrap"),
        Column(
            gettext_lazy("Size"),
            lambda row: filesizeformat(row.size),
            code="size",
            value=lambda row: row.size,
            classes="num c-hide nowrap",
        ),
        Column(
            gettext_lazy("Stored"),
            lambda row: parts.ago(row.stored_at),
            code="stored",
            value=lambda row: row.stored_at,
            sort="id",
            classes="num c-3 nowrap dim",
        ),
        Column(
            gettext_lazy("Kept until"),
            lambda row: kept_until(row),
            code="kept_until",
            value=lambda row: row.expires_at,
            classes="num c-hide nowrap dim",
        ),
        Column("", lambda row: remove_link(row), classes="num nowrap c-hide"),
    )
    bulk = (
        BulkAction(
            "remove", gettext_lazy("Remove"), "trash", "", "bailiwick.kernel.files.web.remove_row", is_danger=True
        ),
    )

    def rows(self) -> QuerySet[StoredFile]:
        return list_my_files(self.actor)


def remove_row(*, actor: Actor, key: UUID, reason: str) -> None:
    """One of the files that were ticked."""
    remove_file(actor=actor, file_id=key)


def purpose_of(stored: StoredFile) -> str:
    """What the file is kept for, in words."""
    declared = registry().files.get(stored.purpose)
    return str(declared.title) if declared else ""


def kept_until(stored: StoredFile) -> SafeString | str:
    """How long it will still be there."""
    return parts.left(stored.expires_at) if stored.expires_at else _("always")


def remove_link(stored: StoredFile) -> SafeString:
    """To the page that asks once more; none for what is evidence."""
    declared = registry().files.get(stored.purpose)
    if declared is not None and declared.is_evidence:
        return SafeString("")
    address = reverse("files:remove", args=[stored.id])
    hidden = format_html('<span class="vh"> {}</span>', stored.name)
    return format_html('<a class="btn btn-sm btn-quiet" href="{}">{}{}</a>', address, _("Remove"), hidden)


class Download(Page):
    """The content as an attachment, streamed after the transaction; it is never shown within the site."""

    right = MEMBER
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, file_id: UUID) -> HttpResponseBase:
        stored = get_file(self.actor, file_id)
        content = open_content(stored)
        if request.method == "GET":
            record_opened(actor=self.actor, stored=stored)
        return send(stored, content)


class RemoveFile(Page):
    """Asks once more, then removes the content; that it was there stays in the record."""

    right = MEMBER
    template_name = "files/remove.html"
    navigation_name = "files:list"

    def get(self, request: HttpRequest, file_id: UUID) -> HttpResponse:
        return self.show(stored=get_my_file(self.actor, file_id))

    def post(self, request: HttpRequest, file_id: UUID) -> HttpResponse:
        remove_file(actor=self.actor, file_id=file_id)
        self.tell(_("The file is removed."))
        return redirect("files:list")


class BoundedUpload(FileUploadHandler):
    """Refuses a form that is larger than any purpose takes, before a byte of it is written anywhere."""

    def handle_raw_input(  # the names are Django's
        self,
        input_data: Any,
        META: Any,  # noqa: N803
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        largest = max((each.largest for each in registry().files.values()), default=0)
        if content_length > largest + FORM:
            raise RequestDataTooBig(f"{content_length} bytes of a form; {largest} are taken.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
