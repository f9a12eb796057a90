"""Signing in and out with a session, and changing one's password."""

import hashlib
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.refusals import note_refusal
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rates import client_address, spend
from bailiwick.kernel.base.rights import MEMBER, OPEN
from bailiwick.kernel.identity.actions import change_password, end_session, sign_in
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.errors import InvalidCredentials, NoPerson
from bailiwick.kernel.identity.mails import can_mail
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.queries import Membership
from bailiwick.kernel.web.errors import TooManyAttempts
from bailiwick.kernel.web.pages import Page, refuse_form

YEAR = 365 * 24 * 3600


class SignInForm(forms.Form):
    login = forms.CharField(
        label=gettext_lazy("Login"),
        max_length=150,
        widget=forms.TextInput(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class SignIn(Page):
    """The door. What was wrong is not said."""

    right = OPEN
    template_name = "identity/sign_in.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.actor is not None:  # type: ignore[attr-defined]
            return redirect(self._destination())
        return self._show(SignInForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SignInForm(request.POST)
        if not form.is_valid():
            return self._show(form, status=422)
        self._count(form.cleaned_data["login"])
        try:
            user, membership = sign_in(
                **form.cleaned_data,
                credential=Credential.SESSION,
                request_id=request.request_id,  # type: ignore[attr-defined]
            )
        except InvalidCredentials as refusal:
            note_refusal(request, refusal)
            form.add_error(None, str(refusal.message))
            return self._show(form, status=422)
        enter_session(request, user, membership)
        return keep_language(redirect(self._destination()), user.language)

    def _show(self, form: SignInForm, status: int = 200) -> HttpResponse:
        return self.show(status=status, form=form, next=self._destination(), can_mail=can_mail())

    def _count(self, login: str) -> None:
        """Guessing at one login from one place is slowed down, here and in the API together."""
        digest = hashlib.sha256(login.lower().encode()).hexdigest()[:32]
        spent = spend("sensitive", f"{client_address(self.request)}:{digest}")
        if spent is not None and not spent.is_allowed:
            raise TooManyAttempts(
                _("Too many attempts with this login. Wait %(seconds)d seconds and try again.")
                % {"seconds": max(1, round(spent.resets_in))}
            )

    def _destination(self) -> str:
        wanted = self.request.POST.get("next") or self.request.GET.get("next") or ""
        own = {self.request.get_host()}
        is_safe = url_has_allowed_host_and_scheme(wanted, own, require_https=self.request.is_secure())
        return wanted if is_safe else reverse("web:start")


def enter_session(request: HttpRequest, user: User, membership: Membership) -> None:
    """A new session for a person in one organisation; nothing of an earlier one stays."""
    request.session.flush()
    request.session["signed_in"] = {
        "organization": str(membership.organization_id),
        "member": str(membership.member_id),
        "at": max(now(), user.credentials_valid_from).isoformat(),
        "time_zone": user.time_zone,
    }
    rotate_token(request)


def keep_language(response: HttpResponse, language: str) -> HttpResponse:
    """Have this browser show pages in the language that a person chose; "" leaves it to the browser."""
    if language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


class SignOut(Page):
    """Ends this session; others of the person go on."""

    right = MEMBER

    def post(self, request: HttpRequest) -> HttpResponse:
        end_session(self.actor.ref, everywhere=False)
        request.session.flush()
        return redirect("identity:login")


class PasswordForm(forms.Form):
    current_password = forms.CharField(
        label=gettext_lazy("Present password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("At least 10 characters; a sentence is good. A password manager may fill it in."),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )


class ChangePassword(Page):
    """Sets a new password and ends every other session and token."""

    right = MEMBER
    template_name = "identity/password.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        self._require_person()
        return self.show(form=PasswordForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        self._require_person()
        form = PasswordForm(request.POST)
        if form.is_valid() and self._change(form, form.cleaned_data):
            self.tell(_("The password is changed. Every other session was ended."))
            return redirect("identity:password")
        return self.show(status=422, form=form)

    def _change(self, form: PasswordForm, values: dict[str, Any]) -> bool:
        try:
            with transaction.atomic():
                user = change_password(self.actor.ref, current=values["current_password"], new=values["new_password"])
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return False
        user.refresh_from_db()
        here = self.request.session["signed_in"]
        self.request.session["signed_in"] = {**here, "at": max(now(), user.credentials_valid_from).isoformat()}
        self.request.session.cycle_key()
        return True

    def _require_person(self) -> None:
        if self.actor.user_id is None or "signed_in" not in self.request.session:
            raise NoPerson
