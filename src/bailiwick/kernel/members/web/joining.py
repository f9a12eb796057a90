"""Joining by invitation: with the account that one has, or with a new one."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rates import client_address, spend
from bailiwick.kernel.base.rights import MEMBER, OPEN
from bailiwick.kernel.identity.keys import key_digest
from bailiwick.kernel.identity.web.door import NewPasswordField
from bailiwick.kernel.members.actions.invitations import join_anew, join_as
from bailiwick.kernel.members.errors import InvitationNotValid
from bailiwick.kernel.members.queries.invitations import open_invitation
from bailiwick.kernel.web.errors import TooManyAttempts
from bailiwick.kernel.web.pages import Page, refuse_form


class JoinForm(forms.Form):
    """An account of one's own."""

    first_name = forms.CharField(
        label=gettext_lazy("First name"), max_length=150, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=gettext_lazy("Last name"), max_length=150, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    login = forms.CharField(
        label=gettext_lazy("Login"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = NewPasswordField(label=gettext_lazy("Password"))


class Join(Page):
    """What an invitation opens. Opening uses nothing up: programs that look links over do that too."""

    right = OPEN
    template_name = "members/join.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._offer(JoinForm(), request.GET.get("invitation", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Makes an account, and joins with it."""
        form, secret = JoinForm(request.POST), request.POST.get("invitation", "")
        if form.is_valid():
            try:
                join_anew(secret=secret, request_id=request.request_id, **form.cleaned_data)  # type: ignore[attr-defined]
            except InvalidInput as refusal:
                _count_guess(secret)
                refuse_form(form, refusal)
            except InvitationNotValid as refusal:
                return self._refuse(refusal)
            else:
                self.tell(_("Your account is made. Sign in with it."))
                return redirect("identity:login")
        return self._offer(form, secret, status=422)

    def _offer(self, form: JoinForm, secret: str, status: int = 200) -> HttpResponse:
        try:
            opened = open_invitation(secret)
        except InvitationNotValid as refusal:
            return self._refuse(refusal)
        return self.show(status=status, form=form, opened=opened, secret=secret)

    def _refuse(self, refusal: InvitationNotValid) -> HttpResponse:
        spent = spend("link_address", client_address(self.request))
        if spent is not None and not spent.is_allowed:
            raise TooManyAttempts(_("Too many invitations that open nothing. Wait an hour and try again."))
        return self.show(status=refusal.status, sentence=refusal.message)


def _count_guess(secret: str) -> None:
    """Whoever has an invitation learns which logins are taken: one after the other, and not many."""
    spent = spend("code", f"join:{key_digest(secret).hex()[:32]}")
    if spent is not None and not spent.is_allowed:
        raise TooManyAttempts(
            _("Too many attempts. Wait %(seconds)d seconds and try again.")
            % {"seconds": max(1, round(spent.resets_in))}
        )


class JoinAsMyself(Page):
    """Joins with the account that is signed in."""

    right = MEMBER

    def post(self, request: HttpRequest) -> HttpResponse:
        secret = request.POST.get("invitation", "")
        member = join_as(actor=self.actor, secret=secret, request_id=request.request_id)  # type: ignore[attr-defined]
        self.tell(_("You belong to it now, as %(name)s. Change to it in your menu.") % {"name": member.name})
        return redirect("web:start")
