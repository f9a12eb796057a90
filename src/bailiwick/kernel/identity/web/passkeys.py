"""Signing in by a passkey, and one's own keys: adding, naming, removing."""

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.refusals import note_refusal
from bailiwick.kernel.base.callers import caller_of
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rates import client_address, spend
from bailiwick.kernel.base.rights import OPEN
from bailiwick.kernel.identity.actions import require_fresh
from bailiwick.kernel.identity.actions.passkeys import (
    LONGEST_NAME,
    add_passkey,
    remove_passkey,
    rename_passkey,
    sign_in_by_passkey,
)
from bailiwick.kernel.identity.choices import SessionKind
from bailiwick.kernel.identity.errors import InvalidCredentials, LastWayIn, PasskeyNotTaken
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.queries import list_memberships
from bailiwick.kernel.identity.rules.agents import device_of
from bailiwick.kernel.identity.web.door import SignIn, SignInForm, enter_session, welcome
from bailiwick.kernel.identity.web.questions import answer_known, answer_new, ask_known, ask_new
from bailiwick.kernel.identity.web.security import Overview, OwnFactors
from bailiwick.kernel.web.pages import Page, refuse_form


def told(sentence: object, status: int) -> JsonResponse:
    """What the script shows beside the button."""
    return JsonResponse({"detail": str(sentence)}, status=status)


def uncached(options: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(options)
    response["Cache-Control"] = "no-store"
    return response


class PasskeyQuestion(Page):
    """What a browser is given to ask its keys; it says nothing of whose they are."""

    right = OPEN

    def post(self, request: HttpRequest) -> HttpResponse:
        spent = spend("question", client_address(request))
        if spent is not None and not spent.is_allowed:
            return told(_("Too many attempts from your address. Wait a minute and try again."), 429)
        return uncached(ask_known(request))


class SignInByPasskey(SignIn):
    """The door for whoever shows a key. Wrong, unknown, revoked and used twice are answered alike."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("identity:login")

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            with transaction.atomic():
                entered = sign_in_by_passkey(
                    answer=answer_known(request),
                    kind=SessionKind.BROWSER,
                    caller=caller_of(request),
                    request_id=request.request_id,  # type: ignore[attr-defined]
                )
        except InvalidCredentials as refusal:
            note_refusal(request, refusal)
            fault = _("This passkey opens nothing here. Try again, or sign in in another way.")
            return self._show(SignInForm(), status=422, fault=fault)
        enter_session(request, entered.session, entered.user)
        return welcome(request, redirect(self._destination()), entered)


class NewPasskeyQuestion(OwnFactors):
    """What a browser is given to make a key."""

    def post(self, request: HttpRequest) -> HttpResponse:
        user = self.person()
        require_fresh(self.actor)
        return uncached(ask_new(request, user, self.only_in, self._place(user)))

    def _place(self, user: User) -> str:
        """The organisation's name, where the key opens no other."""
        names = {each.organization_id: each.organization_name for each in list_memberships(user.id)}
        return names.get(self.only_in, "") if self.only_in else ""


class NewPasskeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("So that you know it again: the device, or the password manager that keeps it."),
        max_length=LONGEST_NAME,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class NewPasskey(OwnFactors):
    """Adds a key."""

    template_name = "identity/new_passkey.html"
    navigation_name = "identity:security"

    def get(self, request: HttpRequest) -> HttpResponse:
        self.person()
        require_fresh(self.actor)
        return self.show(form=NewPasskeyForm(initial={"name": device_of(caller_of(request).agent)}))

    def post(self, request: HttpRequest) -> HttpResponse:
        user, form = self.person(), NewPasskeyForm(request.POST)
        if form.is_valid() and self._add(form, user):
            self.tell(_("The passkey is added. From now on it signs you in."))
            return redirect("identity:security")
        return self.show(status=422, form=form)

    def _add(self, form: NewPasskeyForm, user: User) -> bool:
        try:
            answer = answer_new(self.request, user.id, self.only_in)
            with transaction.atomic():
                add_passkey(actor=self.actor, name=form.cleaned_data["name"], answer=answer)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return False
        except PasskeyNotTaken as refusal:
            form.add_error(None, str(refusal.message))
            return False
        return True


class RenamePasskey(Overview):
    """Calls a key something else."""

    def post(self, request: HttpRequest, passkey_id: UUID) -> HttpResponse:
        try:
            with transaction.atomic():
                rename_passkey(actor=self.actor, passkey_id=passkey_id, name=request.POST.get("name", ""))
        except InvalidInput as refusal:
            return self.overview(fault=refusal.fields["name"][0], status=422)
        self.tell(_("Saved."))
        return redirect("identity:security")


class RemovePasskey(Overview):
    """Ends a key."""

    def post(self, request: HttpRequest, passkey_id: UUID) -> HttpResponse:
        try:
            with transaction.atomic():
                remove_passkey(actor=self.actor, passkey_id=passkey_id)
        except LastWayIn as refusal:
            return self.overview(fault=str(refusal.message), status=refusal.status)
        self.tell(_("The passkey is removed. It opens nothing any more; delete it on its device, too."))
        return redirect("identity:security")
