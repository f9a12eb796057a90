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
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.errors import NoPerson
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.queries import find_person
from bailiwick.kernel.identity.rules.zones import zones
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
        user = self._person()
        return self.show(form=PersonForm(initial={name: getattr(user, name) for name in PERSONAL}), login=user.username)

    def post(self, request: HttpRequest) -> HttpResponse:
        user, form = self._person(), PersonForm(request.POST)
        if form.is_valid() and self._change(form, form.cleaned_data):
            language = form.cleaned_data["language"]
            request.session["signed_in"] |= {"time_zone": form.cleaned_data["time_zone"]}
            request.session.modified = True
            with override(language or get_language()):
                self.tell(_("Saved."))
            response = redirect("identity:me")
            if not language:
                response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
            return keep_language(response, language)
        return self.show(status=422, form=form, login=user.username)

    def _change(self, form: PersonForm, values: dict[str, Any]) -> bool:
        try:
            with transaction.atomic():
                change_person(self.actor, **values)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return False
        return True

    def _person(self) -> User:
        user = find_person(self.actor.user_id) if self.actor.user_id else None
        if user is None or self.actor.credential != Credential.SESSION:
            raise NoPerson
        return user
