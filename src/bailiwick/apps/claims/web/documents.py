"""Handing documents in, and opening them."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.documents import LONGEST_NOTE, add_documents, open_document
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.requests import get_attachment
from bailiwick.apps.claims.web.changing import DeedPage
from bailiwick.apps.claims.web.forms.work import files_field
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.files.sending import send
from bailiwick.kernel.web.pages import Page


class DocumentForm(forms.Form):
    file = files_field()
    note = forms.CharField(label=gettext_lazy("What it is"), max_length=LONGEST_NOTE, required=False)


class AddDocument(DeedPage):
    """Keeps documents with a claim; whose claim it is, and who works on it, may."""

    right = MEMBER
    title = gettext_lazy("Add documents")
    lead = gettext_lazy("They stay with the claim for as long as it is kept, and cannot be taken back.")

    def form(self, data: Any = None) -> forms.Form:
        return DocumentForm(data, self.request.FILES if data is not None else None)

    def perform(self, claim: Claim, form: Any) -> str:
        given = form.cleaned_data
        add_documents(actor=self.actor, claim_id=claim.id, uploads=given["file"], note=given["note"])
        return _("Added.")

    def go_on(self, claim: Claim) -> HttpResponse:
        return redirect("claims:documents", claim.id)


class OpenDocument(Page):
    """The content as a download, for who sees the claim whole; that it was read is recorded."""

    right = MEMBER
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, claim_id: UUID, attachment_id: UUID) -> HttpResponseBase:
        content = open_content(get_attachment(self.actor, claim_id, attachment_id).file)
        return send(open_document(actor=self.actor, claim_id=claim_id, attachment_id=attachment_id).file, content)
