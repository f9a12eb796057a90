"""A new password for whoever forgot theirs: asked for by login or mail address, set by a mailed link."""

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rights import OPEN
from bailiwick.kernel.identity.actions import reset_password
from bailiwick.kernel.identity.errors import LinkNotValid
from bailiwick.kernel.identity.links import is_valid, person_of
from bailiwick.kernel.identity.mails import What, can_mail
from bailiwick.kernel.identity.manifest import MAIL_LINKS
from bailiwick.kernel.identity.queries import find_person, list_people_to_mail
from bailiwick.kernel.identity.web.addresses import spend_or_refuse
from bailiwick.kernel.identity.web.devices import mail_notice
from bailiwick.kernel.identity.web.door import NewPasswordField
from bailiwick.kernel.jobs.actions import submit_house_job
from bailiwick.kernel.web.pages import Page, refuse_form


class ForgottenForm(forms.Form):
    wanted = forms.CharField(
        label=gettext_lazy("Login or mail address"),
        max_length=254,
        widget=forms.TextInput(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )


class ForgottenPassword(Page):
    """Does and says the same whatever is typed: a job is left, which has somebody to mail or nobody."""

    right = OPEN
    template_name = "identity/forgotten.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=ForgottenForm(), can_mail=can_mail())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ForgottenForm(request.POST)
        if not can_mail() or not form.is_valid():
            return self.show(status=422, form=form, can_mail=can_mail())
        spend_or_refuse(request, form.cleaned_data["wanted"])
        self._ask(form.cleaned_data["wanted"])
        return self.show(is_asked=True, can_mail=True)

    def _ask(self, wanted: str) -> None:
        arguments = {
            "people": [str(user_id) for user_id in list_people_to_mail(wanted)],
            "address": self.request.build_absolute_uri("/").rstrip("/"),
            "language": get_language() or "",
        }
        request_id = self.request.request_id  # type: ignore[attr-defined]
        submit_house_job(kind=MAIL_LINKS, arguments=arguments, request_id=request_id)


class NewPasswordForm(forms.Form):
    new_password = NewPasswordField(label=gettext_lazy("New password"))
    new_password.widget.attrs["autofocus"] = True


class NewPassword(Page):
    """What a mailed link opens. Opening uses nothing up: programs that look after mail do that too.

    The link's secret stands behind the question mark, because paths are logged.
    """

    right = OPEN
    template_name = "identity/new_password.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        link = request.GET.get("link", "")
        person_id = person_of(link)
        user = find_person(person_id) if person_id else None
        if user is None or not is_valid(link, user):
            return self._refuse()
        return self.show(form=NewPasswordForm(), link=link, login=user.username)

    def post(self, request: HttpRequest) -> HttpResponse:
        form, link = NewPasswordForm(request.POST), request.POST.get("link", "")
        if form.is_valid():
            try:
                with transaction.atomic():
                    user = reset_password(
                        link=link,
                        new=form.cleaned_data["new_password"],
                        request_id=request.request_id,  # type: ignore[attr-defined]
                    )
            except LinkNotValid:
                return self._refuse()
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                request.session.flush()
                mail_notice(request, user.id, What.PASSWORD)
                self.tell(_("The password is set, and every session was ended. Sign in with it."))
                return redirect("identity:login")
        return self.show(status=422, form=form, link=link)

    def _refuse(self) -> HttpResponse:
        return self.show(status=LinkNotValid.status, sentence=LinkNotValid.message)
