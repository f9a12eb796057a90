"""The first key: a ticket's holder makes it in their own browser, and is in."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bailiwick.kernel.access.refusals import note_refusal
from bailiwick.kernel.base.callers import caller_of
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rates import client_address, spend
from bailiwick.kernel.base.rights import OPEN
from bailiwick.kernel.identity.actions.enrolment import enrol
from bailiwick.kernel.identity.errors import PasskeyNotTaken, TicketNotValid
from bailiwick.kernel.identity.queries.enrolment import Invitation, find_invitation, find_ticket
from bailiwick.kernel.identity.rules.agents import device_of
from bailiwick.kernel.identity.rules.codes import write_code
from bailiwick.kernel.identity.web.door import enter_session, welcome
from bailiwick.kernel.identity.web.passkeys import NewPasskeyForm, told, uncached
from bailiwick.kernel.identity.web.questions import answer_new, ask_new
from bailiwick.kernel.web.errors import TooManyAttempts
from bailiwick.kernel.web.pages import Page, refuse_form


def invitation_of(secret: str) -> Invitation:
    """Whom a ticket lets in; raises TicketNotValid."""
    place = find_ticket(secret)
    if place is None:
        raise TicketNotValid
    invitation = find_invitation(place)
    if invitation is None:
        raise TicketNotValid(organization_id=place.organization_id, ticket_id=place.ticket_id)
    return invitation


class Enrol(Page):
    """What a ticket opens. Opening uses nothing up: programs that look links over do that too.

    The ticket's secret stands behind the question mark, because paths are logged.
    """

    right = OPEN
    template_name = "identity/enrol.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        secret = request.GET.get("ticket", "")
        try:
            called = device_of(caller_of(request).agent)
            return self._offer(NewPasskeyForm(initial={"name": called}), secret)
        except TicketNotValid as refusal:
            return self._refuse(refusal)

    def post(self, request: HttpRequest) -> HttpResponse:
        form, secret = NewPasskeyForm(request.POST), request.POST.get("ticket", "")
        try:
            return self._enrol(form, secret) or self._offer(form, secret, status=422)
        except TicketNotValid as refusal:
            return self._refuse(refusal)

    def _enrol(self, form: NewPasskeyForm, secret: str) -> HttpResponse | None:
        invitation = invitation_of(secret)
        if not form.is_valid():
            return None
        try:
            answer = answer_new(self.request, invitation.user.id, invitation.membership.organization_id)
            with transaction.atomic():
                entered = enrol(
                    secret=secret,
                    name=form.cleaned_data["name"],
                    answer=answer,
                    caller=caller_of(self.request),
                    request_id=self.request.request_id,  # type: ignore[attr-defined]
                )
        except InvalidInput as refusal:
            refuse_form(form, refusal)
        except PasskeyNotTaken as refusal:
            form.add_error(None, str(refusal.message))
        else:
            enter_session(self.request, entered.session, entered.user)
            self.tell(_("Your key is made, and you are in. Next time, choose “Sign in with a passkey”."))
            return welcome(self.request, redirect("web:start"), entered)
        return None

    def _offer(self, form: NewPasskeyForm, secret: str, status: int = 200) -> HttpResponse:
        invitation = invitation_of(secret)
        code = invitation.user.user_code
        return self.show(
            status=status,
            form=form,
            hidden={"ticket": secret},
            invitation=invitation,
            code=write_code(code) if code else "",
        )

    def _refuse(self, refusal: TicketNotValid) -> HttpResponse:
        spent = spend("link_address", client_address(self.request))
        if spent is not None and not spent.is_allowed:
            raise TooManyAttempts(_("Too many tickets that open nothing. Wait an hour and try again."))
        note_refusal(self.request, refusal)
        return self.show(status=refusal.status, sentence=refusal.message)


class EnrolQuestion(Page):
    """What a browser is given to make the key."""

    right = OPEN

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            invitation = invitation_of(request.POST.get("ticket", ""))
        except TicketNotValid as refusal:
            note_refusal(request, refusal)
            return told(refusal.message, refusal.status)
        membership = invitation.membership
        return uncached(ask_new(request, invitation.user, membership.organization_id, membership.organization_name))
