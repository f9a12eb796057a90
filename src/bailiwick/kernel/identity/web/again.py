"""Showing again who one is, before changing who may sign in."""

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.refusals import note_refusal
from bailiwick.kernel.base.callers import caller_of
from bailiwick.kernel.base.rates import spend
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.actions.confirming import confirm_by_passkey, confirm_by_password
from bailiwick.kernel.identity.choices import Credential, Method
from bailiwick.kernel.identity.errors import InvalidCredentials, NoPerson
from bailiwick.kernel.identity.queries import list_ways_to_confirm
from bailiwick.kernel.identity.web.door import destination
from bailiwick.kernel.identity.web.questions import answer_known
from bailiwick.kernel.web.errors import TooManyAttempts
from bailiwick.kernel.web.pages import Page


class AgainForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class AgainWithCodeForm(AgainForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Of your application, or one of your recovery codes."),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code", "spellcheck": "false"}),
    )


class Again(Page):
    """Asks for password, code or passkey, and leads back to where it was needed."""

    right = MEMBER
    template_name = "identity/again.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(self._ways())

    def post(self, request: HttpRequest) -> HttpResponse:
        ways = self._ways()
        self._count()
        is_by_key = "answer" in request.POST
        form = None if is_by_key else self._form(ways, request.POST)
        if form is not None and not form.is_valid():
            return self._show(ways, form, status=422)
        try:
            with transaction.atomic():
                self._confirm(form)
        except InvalidCredentials as refusal:
            note_refusal(request, refusal)
            fault = (
                _("This passkey is not one of yours.") if is_by_key else _("This is not right. Check it and try again.")
            )
            return self._show(ways, fault=fault, status=422)
        request.session.cycle_key()
        return redirect(destination(request, "identity:security"))

    def _confirm(self, form: forms.Form | None) -> None:
        if form is None:
            confirm_by_passkey(self.actor, answer=answer_known(self.request))
        else:
            confirm_by_password(self.actor, **form.cleaned_data)

    def _ways(self) -> set[str]:
        if self.actor.credential != Credential.SESSION:
            raise NoPerson
        return list_ways_to_confirm(self.actor)

    @staticmethod
    def _form(ways: set[str], data: object = None) -> forms.Form:
        kind = AgainWithCodeForm if Method.TWO_FACTOR in ways else AgainForm
        return kind(data)  # type: ignore[arg-type]

    def _show(
        self, ways: set[str], form: forms.Form | None = None, *, fault: str = "", status: int = 200
    ) -> HttpResponse:
        has_password = not ways.isdisjoint({Method.PASSWORD, Method.TWO_FACTOR})
        return self.show(
            status=status,
            form=(form or self._form(ways)) if has_password else None,
            has_passkey=Method.PASSKEY in ways,
            next=destination(self.request, "identity:security"),
            fault=fault,
        )

    def _count(self) -> None:
        spent = spend("sensitive", f"{caller_of(self.request).address}:{self.actor.user_id}")
        if spent is not None and not spent.is_allowed:
            raise TooManyAttempts(
                _("Too many attempts. Wait %(seconds)d seconds and try again.")
                % {"seconds": max(1, round(spent.resets_in))}
            )
