"""One's mail address: confirmed by a link that is mailed there."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.actions import confirm_address
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.errors import AddressLinkNotValid, NoPerson
from bailiwick.kernel.identity.links import confirms_address
from bailiwick.kernel.identity.mails import address_link, can_mail, spend_link
from bailiwick.kernel.identity.manifest import MAIL_ADDRESS_LINK
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.queries import find_person
from bailiwick.kernel.jobs.actions import submit_house_job
from bailiwick.kernel.web.errors import TooManyAttempts
from bailiwick.kernel.web.pages import Page


def own_person(actor: Actor) -> User:
    """Whoever has come in by a session of their own; raises NoPerson."""
    user = find_person(actor.user_id) if actor.user_id else None
    if user is None or actor.credential != Credential.SESSION:
        raise NoPerson
    return user


def spend_or_refuse(request: HttpRequest, wanted: str) -> None:
    """Count a link that is asked for; raises TooManyAttempts."""
    if spent := spend_link(request, wanted):
        raise TooManyAttempts(
            _("Too many links were asked for. Nothing was sent. Wait %(minutes)d min and try again.")
            % {"minutes": max(1, round(spent.resets_in / 60))}
        )


def ask_confirmation(request: HttpRequest, user: User) -> None:
    """Have a person mailed the link that confirms their present address."""
    request_id = request.request_id  # type: ignore[attr-defined]
    submit_house_job(kind=MAIL_ADDRESS_LINK, arguments=address_link(request, user.id), request_id=request_id)


def lacks_confirmation(user: User) -> bool:
    return bool(user.email) and user.email_confirmed_at is None


class ConfirmAddress(Page):
    """What the mailed link opens. Opening uses nothing up: programs that look after mail do that too.

    The link's secret stands behind the question mark, because paths are logged.
    """

    right = MEMBER
    template_name = "identity/address.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        user, link = own_person(self.actor), request.GET.get("link", "")
        if not confirms_address(link, user):
            return self._refuse()
        return self.show(link=link, login=user.username, mail=user.email)

    def post(self, request: HttpRequest) -> HttpResponse:
        own_person(self.actor)
        try:
            with transaction.atomic():
                confirm_address(self.actor, link=request.POST.get("link", ""))
        except AddressLinkNotValid:
            return self._refuse()
        self.tell(_("The mail address is confirmed."))
        return redirect("identity:me")

    def _refuse(self) -> HttpResponse:
        return self.show(status=AddressLinkNotValid.status, sentence=AddressLinkNotValid.message)


class SendAddressLink(Page):
    """Sends the link again, where the address is not confirmed yet."""

    right = MEMBER
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        user = own_person(self.actor)
        if lacks_confirmation(user) and can_mail():
            spend_or_refuse(request, user.email)
            ask_confirmation(request, user)
            self.tell(_("A link to confirm your mail address is on its way there."))
        return redirect("identity:me")
