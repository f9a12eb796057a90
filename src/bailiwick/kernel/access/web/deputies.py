"""Deputies: who stands in for me, for whom I stand in, and naming one until a day."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actions import end_deputy, name_deputy
from bailiwick.kernel.access.errors import RightsInConflict
from bailiwick.kernel.access.queries import list_deputies_of, list_principals_of
from bailiwick.kernel.access.web.grants import NOT_OFFERED, DatedForm, DayField, MemberChoice, conflict_sentence
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.queries import list_member_names
from bailiwick.kernel.web.pages import Page, refuse_form


class DeputyForm(DatedForm):
    """Who, and from when until when."""

    member = forms.TypedChoiceField(label=gettext_lazy("Deputy"), coerce=UUID, error_messages=NOT_OFFERED)
    valid_until = DayField(label=gettext_lazy("Until the end of"))
    field_order = ("member", "valid_from", "valid_until")

    def __init__(self, who: MemberChoice, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["member"].choices = who.choices  # type: ignore[attr-defined]

    def clean_valid_until(self) -> datetime:
        """A deputyship has an end."""
        if self.cleaned_data["valid_until"] < localdate():
            raise forms.ValidationError(_("Choose today or a later day."))
        ends = super().clean_valid_until()
        if ends is None:
            raise forms.ValidationError(_("Choose an earlier day."))
        return ends


class Deputies(Page):
    """My deputies and my principals."""

    right = MEMBER
    template_name = "access/deputies.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_deputies()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Names one."""
        form = DeputyForm(self.who(), request.POST)
        if form.is_valid() and self._name(form):
            return redirect("access:deputies")
        return self.show_deputies(form, status=422)

    def _name(self, form: DeputyForm) -> bool:
        given = form.cleaned_data
        try:
            with transaction.atomic():
                grants = name_deputy(
                    actor=self.actor,
                    member_id=given["member"],
                    valid_from=given["valid_from"],
                    valid_until=given["valid_until"],
                )
        except InvalidInput as refusal:
            refuse_form(form, refusal)
        except RightsInConflict as refusal:
            form.add_error("member", conflict_sentence(refusal))
        else:
            self.tell(_("Named.") if grants else _("You hold nothing that a deputy could use."))
            return True
        return False

    def who(self) -> MemberChoice:
        return MemberChoice(self.request, without=self.actor.member_id)

    def show_deputies(self, form: DeputyForm | None = None, status: int = 200) -> HttpResponse:
        who = self.who()
        return self.show(
            status=status,
            deputies=list_deputies_of(self.actor.member_id),
            principals=list_principals_of(self.actor.member_id),
            who=who,
            form=form or DeputyForm(who),
            is_person=self.actor.is_person,
        )


class EndDeputy(Page):
    """Somebody stands in for me no longer."""

    right = MEMBER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        if not list_member_names({member_id}):
            raise NotFound
        end_deputy(actor=self.actor, member_id=member_id)
        self.tell(_("Ended: they hold nothing of yours any more."))
        return redirect("access:deputies")
