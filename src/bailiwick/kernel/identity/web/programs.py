"""Programs, and who may issue and revoke their keys."""

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actions import end_grant, give_grant
from bailiwick.kernel.access.actions.programs import add_program, end_program
from bailiwick.kernel.access.queries import list_appointed, list_roles_to_give
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.manifest import ISSUE_KEYS, REVOKE_KEYS
from bailiwick.kernel.identity.queries import find_member
from bailiwick.kernel.identity.queries.keys import count_live, find_program
from bailiwick.kernel.identity.web.key_forms import ProgramForm
from bailiwick.kernel.web.pages import Page, refuse_form

ISSUER, REVOKER = "key-issuer", "key-revoker"


class NewProgram(Page):
    """Adds a program, then goes on to its first key."""

    right = ISSUE_KEYS
    navigation_name = "identity:keys"
    template_name = "identity/program_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=ProgramForm(self._roles()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProgramForm(self._roles(), request.POST)
        if not form.is_valid():
            return self.show(status=422, form=form)
        try:
            with transaction.atomic():
                program = add_program(actor=self.actor, **form.cleaned_data)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self.show(status=422, form=form)
        self.tell(_("Program added. Now give it a key."))
        return redirect(f"{reverse('identity:key-new')}?program={program.id}")

    def _roles(self) -> list[tuple[str, Any]]:
        return [(role.code, role.title) for role in list_roles_to_give(self.actor)]


class EndProgram(Page):
    """Lets a program go, once it was said what follows."""

    right = REVOKE_KEYS
    navigation_name = "identity:keys"
    template_name = "identity/program_end.html"

    def get(self, request: HttpRequest, program_id: UUID) -> HttpResponse:
        program = find_program(program_id)
        if program is None:
            raise NotFound
        return self.show(program=program, live=count_live(program_id))

    def post(self, request: HttpRequest, program_id: UUID) -> HttpResponse:
        end_program(actor=self.actor, program_id=program_id)
        self.tell(_("The program is ended, and its keys are revoked."))
        return redirect("identity:keys")


class AppointForm(forms.Form):
    """Who is to issue or revoke keys."""

    login = forms.CharField(
        label=gettext_lazy("Login"), max_length=150, widget=forms.TextInput({"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=gettext_lazy("May"))
    is_passable = forms.BooleanField(label=gettext_lazy("May appoint others in turn"), required=False)

    def __init__(self, roles: list[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


class KeyIssuers(Page):
    """Who issues and who revokes keys; whoever holds such a role passably appoints others."""

    right = (ISSUE_KEYS, REVOKE_KEYS)
    navigation_name = "identity:keys"
    template_name = "identity/key_issuers.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(AppointForm(self._roles()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AppointForm(self._roles(), request.POST)
        if not form.is_valid():
            return self._show(form, 422)
        values = form.cleaned_data
        member = find_member(values["login"])
        if member is None or not member.is_active:
            form.add_error("login", _("Nobody here has this login."))
            return self._show(form, 422)
        with transaction.atomic():
            give_grant(actor=self.actor, member_id=member.id, role=values["role"], is_passable=values["is_passable"])
        self.tell(_("Appointed."))
        return redirect("identity:key-issuers")

    def _show(self, form: AppointForm, status: int = 200) -> HttpResponse:
        holders = list_appointed(self.actor, (ISSUER, REVOKER))
        return self.show(status=status, form=form, holders=holders, may_appoint=bool(self._roles()))

    def _roles(self) -> list[tuple[str, Any]]:
        return [(role.code, role.title) for role in list_roles_to_give(self.actor) if role.code in (ISSUER, REVOKER)]


class DismissKeyIssuer(Page):
    """Ends such a role."""

    right = (ISSUE_KEYS, REVOKE_KEYS)
    navigation_name = "identity:keys"

    def post(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        end_grant(actor=self.actor, grant_id=grant_id)
        self.tell(_("Ended."))
        return redirect("identity:key-issuers")
