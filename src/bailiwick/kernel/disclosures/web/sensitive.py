"""Which kinds of records are sensitive here."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bailiwick.kernel.disclosures.actions import change_sensitivity
from bailiwick.kernel.disclosures.manifest import REVIEW
from bailiwick.kernel.disclosures.queries.kinds import list_kinds
from bailiwick.kernel.web.pages import Page


class SensitiveKinds(Page):
    """Every kind with what it may be read for; the optional ones are turned on and off here."""

    right = REVIEW
    template_name = "disclosures/sensitive.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(kinds=list_kinds(self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        is_sensitive = request.POST.get("is_sensitive") == "yes"
        with transaction.atomic():
            change_sensitivity(actor=self.actor, kind=request.POST.get("kind", ""), is_sensitive=is_sensitive)
        self.tell(_("Reading is recorded from now on.") if is_sensitive else _("Reading is not recorded any more."))
        return redirect("disclosures:sensitive")
