"""Signing in and out with a session, and changing one's password."""

import hashlib
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

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
from bailiwick.kernel.base.callers import caller_of
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.rates import client_address, spend
from bailiwick.kernel.base.rights import MEMBER, OPEN
from bailiwick.kernel.identity.actions import Entered, Pending, change_password, end_session, sign_in
from bailiwick.kernel.identity.choices import Credential, Method, SessionEnd, SessionKind
from bailiwick.kernel.identity.entry import attempt
from bailiwick.kernel.identity.errors import InvalidCredentials, NoPerson
from bailiwick.kernel.identity.mails import What, can_mail
from bailiwick.kernel.identity.models import Session, User
from bailiwick.kernel.identity.web.devices import mail_notice, remember_device
from bailiwick.kernel.web.errors import TooManyAttempts
from bailiwick.kernel.web.pages import Page, refuse_form

YEAR = 365 * 24 * 3600
PENDING, PENDING_FOR = "pending", timedelta(minutes=5)
"""Somebody whose password was right, while a code is asked for."""


class NewPasswordField(forms.CharField):
    """A password that somebody chooses; the rules for it are the action's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            help_text=gettext_lazy("At least 10 characters; a sentence is good. A password manager may fill it in."),
            max_length=1000,
            strip=False,
            widget=forms.PasswordInput({"autocomplete": "new-password"}),
            **options,
        )


class SignInForm(forms.Form):
    login = forms.CharField(
        label=gettext_lazy("Login"),
        max_length=150,
        widget=forms.TextInput(
            {"autocomplete": "username webauthn", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
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
            with attempt(request, **form.cleaned_data):
                entered = sign_in(
                    **form.cleaned_data,
                    kind=SessionKind.BROWSER,
                    caller=caller_of(request),
                    request_id=request.request_id,  # type: ignore[attr-defined]
                )
        except InvalidCredentials as refusal:
            note_refusal(request, refusal)
            form.add_error(None, str(refusal.message))
            return self._show(form, status=422)
        if isinstance(entered, Pending):
            return self._ask_for_more(entered)
        enter_session(request, entered.session, entered.user)
        return welcome(request, redirect(self._destination()), entered)

    def _ask_for_more(self, pending: Pending) -> HttpResponse:
        hold(self.request, pending)
        return redirect(f"{reverse('identity:code')}?{urlencode({'next': self._destination()})}")

    def _show(self, form: SignInForm, status: int = 200, fault: str = "") -> HttpResponse:
        not_taken = self.request.not_taken  # type: ignore[attr-defined]
        asked = [Method(method).label for method in not_taken.asked] if not_taken else []
        told = {"asked": asked, "fault": fault, "can_mail": can_mail()}
        return self.show(status=status, form=form, next=self._destination(), **told)

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
        return destination(self.request, "web:start")


def destination(request: HttpRequest, otherwise: str) -> str:
    """Where `next` leads, if it stays with us, else the page of a URL name."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_safe else reverse(otherwise)


def enter_session(request: HttpRequest, session: Session, user: User) -> None:
    """Put a session into the cookie's; nothing of an earlier one stays, its key neither."""
    _leave(request)
    request.session.flush()
    request.session["signed_in"] = {"session": str(session.id), "time_zone": user.time_zone}
    rotate_token(request)


def _leave(request: HttpRequest) -> None:
    """Whoever comes in where somebody is signed in takes their place."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor and actor.credential == Credential.SESSION:
        with suppress(NotFound):
            end_session(actor, actor.session_id, why=SessionEnd.SIGNED_OUT)


def hold(request: HttpRequest, pending: Pending) -> None:
    """Remember for some minutes whose password was right; nothing of an earlier session stays."""
    _leave(request)
    request.session.flush()
    request.session[PENDING] = {
        "user": str(pending.user.id),
        "organization": pending.organization,
        "until": (now() + PENDING_FOR).isoformat(),
    }
    rotate_token(request)


def held(request: HttpRequest) -> dict[str, str] | None:
    """What `hold` remembered ("user", "organization", "until"), while it counts."""
    pending = request.session.get(PENDING)
    return pending if pending and datetime.fromisoformat(pending["until"]) > now() else None


def welcome(request: HttpRequest, response: HttpResponse, entered: Entered) -> HttpResponse:
    """What a browser remembers of whoever has come in by it."""
    return keep_language(remember_device(request, response, entered.session), entered.user.language)


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
        if self.actor.session_id:
            end_session(self.actor, self.actor.session_id, why=SessionEnd.SIGNED_OUT)
        request.session.flush()
        return redirect("identity:login")


class PasswordForm(forms.Form):
    current_password = forms.CharField(
        label=gettext_lazy("Present password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    new_password = NewPasswordField(label=gettext_lazy("New password"))


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
                user = change_password(self.actor, current=values["current_password"], new=values["new_password"])
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return False
        self.request.session.cycle_key()
        mail_notice(self.request, user.id, What.PASSWORD)
        return True

    def _require_person(self) -> None:
        if self.actor.credential != Credential.SESSION:
            raise NoPerson
