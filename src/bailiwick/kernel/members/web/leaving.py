"""Letting somebody go: first what that would do, then doing it."""

from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.members.actions.leaving import offboard
from bailiwick.kernel.members.manifest import OFFBOARD
from bailiwick.kernel.members.queries.leaving import SHOWN, find_departure, held_in_words, in_words, preview_leaving
from bailiwick.kernel.web.pages import Page, refuse_form


class LeaveForm(forms.Form):
    """Why somebody leaves."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays on record with what ended: “left on 31 October”, “contract over”."),
        max_length=500,
    )


class Leave(Page):
    """What would end if a person left, by name and number; the button does exactly that."""

    right = OFFBOARD
    template_name = "members/leave.html"
    navigation_name = "identity:people"

    def get(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        return self._show(member_id, LeaveForm())

    def post(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        preview_leaving(self.actor, member_id)
        form = LeaveForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    left = offboard(actor=self.actor, member_id=member_id, **form.cleaned_data)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                self.tell(_("%(name)s has left.") % {"name": left.member.name})
                return redirect("members:leave", member_id)
        return self._show(member_id, form, status=422)

    def _show(self, member_id: UUID, form: LeaveForm, status: int = 200) -> HttpResponse:
        leaving = preview_leaving(self.actor, member_id)
        return self.show(
            status=status,
            leaving=leaving,
            member=leaving.member,
            grants=in_words(leaving.grants),
            passed_on=in_words(leaving.passed_on),
            held=held_in_words(leaving.held),
            departure=find_departure(member_id),
            shown=SHOWN,
            form=form,
        )
