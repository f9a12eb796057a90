"""Who one is: name, mail address, language and time zone."""

from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.actions import PERSONAL, change_person
from bailiwick.kernel.identity.mails import can_mail, spend_link
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.rules.zones import zones
from bailiwick.kernel.identity.web.addresses import ask_confirmation, lacks_confirmation, own_person
from bailiwick.kernel.identity.web.door import keep_language
from bailiwick.kernel.web.pages import Page, refuse_form

BY_BROWSER = ("", gettext_lazy("As the browser says"))


class PersonForm(forms.Form):
    first_name = forms.CharField(
        label=gettext_lazy("First name"),
        max_length=150,
        required=False,
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=gettext_lazy("Last name"),
        max_length=150,
        required=False,
        widget=forms.TextInput({"autocomplete": "family-name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Mail address"),
        help_text=gettext_lazy("A link to a new password goes there, when you forgot yours."),
        max_length=254,
        required=False,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    current_password = forms.CharField(
        label=gettext_lazy("Present password"),
        help_text=gettext_lazy("Only to change the mail address."),
        max_length=1000,
        required=False,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Of pages and mails; figures and dates are written as it does."),
        choices=[BY_BROWSER, *settings.LANGUAGES],
        required=False,
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("In which pages show times. Exports are in UTC."),
        choices=lambda: [BY_BROWSER, *((zone, zone.replace("_", " ")) for zone in zones())],
        required=False,
    )


class Me(Page):
    """One's own name, mail address, language and time zone."""

    right = MEMBER
    template_name = "identity/me.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        user = own_person(self.actor)
        return self._show(user, PersonForm(initial={name: getattr(user, name) for name in PERSONAL}))

    def post(self, request: HttpRequest) -> HttpResponse:
        user, form = own_person(self.actor), PersonForm(request.POST)
        if form.is_valid() and (changed := self._change(form, form.cleaned_data)):
            is_asked = changed.email != user.email and self._ask(changed)
            language = form.cleaned_data["language"]
            request.session["signed_in"] |= {"time_zone": form.cleaned_data["time_zone"]}
            request.session.modified = True
            with override(language or get_language()):
                self.tell(_("Saved. Open the link that is mailed to your new address.") if is_asked else _("Saved."))
            response = redirect("identity:me")
            if not language:
                response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
            return keep_language(response, language)
        return self._show(user, form, status=422)

    def _change(self, form: PersonForm, values: dict[str, Any]) -> User | None:
        try:
            with transaction.atomic():
                return change_person(self.actor, **values)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return None

    def _ask(self, user: User) -> bool:
        """Where too many were sent lately, the page goes on to offer the link."""
        if not user.email or not can_mail() or spend_link(self.request, user.email):
            return False
        ask_confirmation(self.request, user)
        return True

    def _show(self, user: User, form: PersonForm, status: int = 200) -> HttpResponse:
        unconfirmed = user.email if lacks_confirmation(user) else ""
        return self.show(status=status, form=form, login=user.username, unconfirmed=unconfirmed, can_mail=can_mail())
