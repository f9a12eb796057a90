"""The one showing of a ticket: link, code to scan, and what the person does with it."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from bailiwick.kernel.identity.manifest import REGISTER
from bailiwick.kernel.identity.models import Ticket
from bailiwick.kernel.identity.queries.enrolment import get_ticket_holder
from bailiwick.kernel.identity.rules.codes import write_code
from bailiwick.kernel.identity.rules.pictures import qr_code
from bailiwick.kernel.web.pages import Page


def show_ticket(page: Page, member_id: UUID, ticket: Ticket, secret: str) -> HttpResponse:
    """The answer to whatever made a ticket; the secret stands nowhere else, and behind the question mark.

    Paths are logged, what is asked of them is not.
    """
    link = page.request.build_absolute_uri(f"{reverse('identity:enrol')}?{urlencode({'ticket': secret})}")
    member = get_ticket_holder(page.actor, member_id)
    code = member.user.user_code if member.user else ""
    page.template_name = "identity/ticket.html"  # type: ignore[misc]
    return page.show(
        member=member,
        may_register=page.actor.may(REGISTER),
        code=write_code(code) if code else "",
        ticket=ticket,
        link=link,
        picture=mark_safe(qr_code(link, _("The link as a code to scan"))),  # noqa: S308 (drawn by us)
    )
