"""Choosing the one organisation to look into, and leaving it."""

from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.operators.actions import LONGEST_REASON, enter_organization, leave_organization
from bailiwick.kernel.operators.queries import MOST_PLACES, list_places
from bailiwick.kernel.operators.web.door import OperatorPage
from bailiwick.kernel.web.pages import refuse_form


class EnterForm(forms.Form):
    place = forms.UUIDField(
        label=gettext_lazy("Organisation"),
        error_messages={"required": gettext_lazy("Choose one of the organisations.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The organisation reads it in its trail, beside your name."),
        max_length=LONGEST_REASON,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class FindForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Name or short name"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"type": "search"}),
    )


class ChoosePage(OperatorPage):
    """Every organisation by name; one is chosen, with a reason, for half an hour."""

    template_name = "operators/choose.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(EnterForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = EnterForm(request.POST)
        if form.is_valid() and self._enter(form):
            return redirect("operators:tables")
        return self._show(form, status=422)

    def _enter(self, form: EnterForm) -> bool:
        chosen: UUID = form.cleaned_data["place"]
        try:
            with transaction.atomic():
                if visit := self.find_visit():
                    leave_organization(actor=self.actor, organization_id=visit.organization_id)
                reason = form.cleaned_data["reason"]
                self.begin_visit(enter_organization(actor=self.actor, organization_id=chosen, reason=reason))
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return False
        return True

    def _show(self, form: EnterForm, *, status: int = 200) -> HttpResponse:
        found = FindForm(self.request.GET)
        words = found.cleaned_data["q"] if found.is_valid() else ""
        places, visit = list_places(words), self.find_visit()
        return self.show(
            status=status,
            form=form,
            found=found,
            places=places,
            words=words,
            is_cut=len(places) == MOST_PLACES,
            visit=visit,
            **(self.header(visit) if visit else {}),
        )


class LeavePage(OperatorPage):
    """Ends the look before its time is over."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if visit := self.find_visit():
            leave_organization(actor=self.actor, organization_id=visit.organization_id)
            self.end_visit()
            self.tell(_("You have left the organisation."))
        return redirect("operators:choose")
