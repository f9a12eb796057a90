"""The code after the password; setting up an application, and codes on paper."""

from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.refusals import note_refusal
from bailiwick.kernel.base.callers import caller_of
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rates import spend
from bailiwick.kernel.identity.actions import require_fresh
from bailiwick.kernel.identity.actions.recovery_codes import make_recovery_codes
from bailiwick.kernel.identity.actions.totp import (
    begin_application,
    choose_for_code,
    confirm_application,
    remove_application,
    require_own,
    sign_in_by_code,
)
from bailiwick.kernel.identity.choices import Method, SessionKind
from bailiwick.kernel.identity.errors import InvalidCredentials, LastWayIn
from bailiwick.kernel.identity.models import Totp
from bailiwick.kernel.identity.queries import has_codes, list_memberships
from bailiwick.kernel.identity.queries.factors import find_application
from bailiwick.kernel.identity.rules.pictures import qr_code
from bailiwick.kernel.identity.rules.totp import address_of
from bailiwick.kernel.identity.web.door import SignIn, enter_session, held, welcome
from bailiwick.kernel.identity.web.security import Overview, OwnFactors
from bailiwick.kernel.web.errors import TooManyAttempts
from bailiwick.kernel.web.pages import refuse_form


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )


class SecondStep(SignIn):
    """The code of whoever has just given the right password; without an application, what is asked for instead."""

    template_name = "identity/code.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        pending = held(request)
        return self._ask(pending, CodeForm()) if pending else redirect("identity:login")

    def post(self, request: HttpRequest) -> HttpResponse:
        pending, form = held(request), CodeForm(request.POST)
        if pending is None:
            return redirect("identity:login")
        if not form.is_valid():
            return self._ask(pending, form, status=422)
        self._count_codes(pending)
        try:
            with transaction.atomic():
                entered = sign_in_by_code(
                    user_id=UUID(pending["user"]),
                    code=form.cleaned_data["code"],
                    organization=pending["organization"],
                    kind=SessionKind.BROWSER,
                    caller=caller_of(request),
                    request_id=request.request_id,  # type: ignore[attr-defined]
                )
        except InvalidCredentials as refusal:
            note_refusal(request, refusal)
            form.add_error("code", _("This is not the code of now, or it was used before."))
            return self._ask(pending, form, status=422)
        enter_session(request, entered.session, entered.user)
        return welcome(request, redirect(self._destination()), entered)

    def _ask(self, pending: dict[str, str], form: CodeForm, status: int = 200) -> HttpResponse:
        user_id, wanted = UUID(pending["user"]), pending["organization"]
        if has_codes(user_id) and choose_for_code(user_id, wanted):
            return self.show(status=status, form=form, next=self._destination())
        asking = [each for each in list_memberships(user_id) if wanted in ("", each.slug) and each.methods]
        return self.show(
            status=status,
            places=[(each, [Method(name).label for name in each.methods or ()]) for each in asking],
            asked={method for each in asking for method in each.methods or ()},
            next=self._destination(),
        )

    def _count_codes(self, pending: dict[str, str]) -> None:
        """Who has the password has few guesses at the code, wherever from: three in a million are right."""
        spent = spend("code", pending["user"])
        if spent is not None and not spent.is_allowed:
            raise TooManyAttempts(
                _("Too many codes were tried. Wait %(minutes)d min, or sign in with a passkey.")
                % {"minutes": max(1, round(spent.resets_in / 60))}
            )


class BeginApplication(OwnFactors):
    """Makes the secret of an application."""

    def post(self, request: HttpRequest) -> HttpResponse:
        self.person()
        begin_application(actor=self.actor)
        return redirect("identity:application")


class ConfirmForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Six digits; another every half a minute."),
        max_length=10,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class Application(OwnFactors):
    """The secret of an application that is being set up, as a picture and as text, until a code of it was typed."""

    template_name = "identity/application.html"
    navigation_name = "identity:security"

    def get(self, request: HttpRequest) -> HttpResponse:
        application = self._open()
        return self._show(application, ConfirmForm()) if application else redirect("identity:security")

    def post(self, request: HttpRequest) -> HttpResponse:
        application, form = self._open(), ConfirmForm(request.POST)
        if application is None:
            return redirect("identity:security")
        if form.is_valid() and self._confirm(form):
            self.tell(_("The application is set up. Now make recovery codes."))
            return redirect("identity:security")
        return self._show(application, form, status=422)

    def _open(self) -> Totp | None:
        self.person()
        require_fresh(self.actor)
        application = find_application(require_own(self.actor))
        return application if application and not application.confirmed_at else None

    def _confirm(self, form: ConfirmForm) -> bool:
        try:
            with transaction.atomic():
                confirm_application(actor=self.actor, code=form.cleaned_data["code"])
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return False
        return True

    def _show(self, application: Totp, form: ConfirmForm, status: int = 200) -> HttpResponse:
        address = address_of(application.secret, self.person().username)
        picture = qr_code(address, _("Picture of the secret, for the application to read"))
        return self.show(status=status, form=form, picture=picture, secret=application.secret)


class RemoveApplication(Overview):
    """Ends the application, and the codes on paper with it."""

    def post(self, request: HttpRequest) -> HttpResponse:
        self.person()
        try:
            with transaction.atomic():
                remove_application(actor=self.actor)
        except LastWayIn as refusal:
            return self.overview(fault=str(refusal.message), status=refusal.status)
        self.tell(_("The application is removed. Your password asks for no code any more."))
        return redirect("identity:security")


class RecoveryCodes(OwnFactors):
    """Makes ten codes and shows them, this once."""

    template_name = "identity/recovery_codes.html"
    navigation_name = "identity:security"

    def post(self, request: HttpRequest) -> HttpResponse:
        user = self.person()
        return self.show(codes=make_recovery_codes(actor=self.actor), login=user.username)
