"""What is known of a person: written down for them, kept for a time, or erased."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.web.grants import DayField, end_of
from bailiwick.kernel.audit.actions import record_reading
from bailiwick.kernel.audit.queries.retention import find_legal_hold
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.members.actions.erasing import erase_member
from bailiwick.kernel.members.actions.exporting import start_export
from bailiwick.kernel.members.actions.holds import lift_hold, place_hold
from bailiwick.kernel.members.manifest import AS_OWN, ERASE, ON_REQUEST, PERSON
from bailiwick.kernel.members.queries.personal import find_erasure, find_hold, get_person, list_holds, list_known
from bailiwick.kernel.web.pages import Page, refuse_form


class HoldForm(forms.Form):
    """Why something has to be kept, and until when."""

    reason = forms.CharField(
        label=gettext_lazy("Why it has to be kept"),
        help_text=gettext_lazy("A law, a contract or a dispute: whoever wants to erase reads this."),
        max_length=500,
    )
    valid_until = DayField(
        label=gettext_lazy("Until the end of"), help_text=gettext_lazy("Empty: until it is lifted."), required=False
    )

    def clean_valid_until(self) -> datetime | None:
        return end_of(self.cleaned_data["valid_until"])


class ErasureForm(forms.Form):
    """Why somebody is erased; the name is typed, so that nobody is erased by a slip."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Who asked for it and when, or which rule of yours does."),
        max_length=500,
    )
    name = forms.CharField(label=gettext_lazy("Their name, to be sure"), max_length=200)


class PersonalData(Page):
    """What is known of somebody, for themselves and for who may export or erase it."""

    right = MEMBER
    template_name = "members/data.html"
    navigation_name = "identity:people"

    def get(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        return self.show(**self.facts(member_id))

    def facts(self, member_id: UUID) -> dict[str, Any]:
        member, is_me = get_person(self.actor, member_id), member_id == self.actor.member_id
        record_reading(self.actor.ref, PERSON, [member_id], AS_OWN if is_me else ON_REQUEST, [member_id])
        erased = find_erasure(member_id)
        return {
            "member": member,
            "is_me": is_me,
            "may_erase": self.actor.may(ERASE),
            "known": list_known(member_id),
            "holds": list_holds(member_id),
            "hold": find_hold(member_id) or find_legal_hold(),
            "erasure": erased,
            "is_ours": bool(member.user and member.user.user_code),
            "hold_form": HoldForm(prefix="hold"),
            "erasure_form": ErasureForm(prefix="erase"),
        }


class ExportPersonalData(Page):
    """Starts the job that writes it down."""

    right = MEMBER
    navigation_name = "identity:people"

    def post(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        with transaction.atomic():
            job = start_export(actor=self.actor, member_id=member_id)
        self.tell(_("It is being written down. You find the file with your jobs."))
        return redirect("jobs:job", job.id)


class PlaceHold(PersonalData):
    """Keeps what is known of somebody."""

    right = ERASE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        facts, form = self.facts(member_id), HoldForm(request.POST, prefix="hold")
        if form.is_valid():
            try:
                with transaction.atomic():
                    place_hold(actor=self.actor, member_id=member_id, **form.cleaned_data)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                self.tell(_("Kept. Nothing of them is erased while this lasts."))
                return redirect("members:data", member_id)
        return self.show(status=422, **facts | {"hold_form": form})


class LiftHold(Page):
    """Ends a hold."""

    right = ERASE
    navigation_name = "identity:people"

    def post(self, request: HttpRequest, hold_id: UUID) -> HttpResponse:
        with transaction.atomic():
            hold = lift_hold(actor=self.actor, hold_id=hold_id)
        self.tell(_("Lifted."))
        return redirect("members:data", hold.member_id)


class EraseMember(PersonalData):
    """Writes a pseudonym in place of whatever says who somebody was."""

    right = ERASE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        facts, form = self.facts(member_id), ErasureForm(request.POST, prefix="erase")
        if form.is_valid() and form.cleaned_data["name"].strip() != facts["member"].name:
            form.add_error("name", _("This is not their name as it stands above."))
        if form.is_valid():
            with transaction.atomic():
                erase_member(actor=self.actor, member_id=member_id, reason=form.cleaned_data["reason"])
            self.tell(_("Erased. What they did stays, under a pseudonym."))
            return redirect("members:data", member_id)
        return self.show(status=422, **facts | {"erasure_form": form})
