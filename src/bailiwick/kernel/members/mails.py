"""What members are written."""

from urllib.parse import urlencode

from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from bailiwick.kernel.members.models import Invitation
from bailiwick.kernel.tenancy.models import Organization


def join_address(site: str, secret: str) -> str:
    """Where a link leads; the secret stands behind the question mark, because paths are logged."""
    return f"{site}{reverse('members:join')}?{urlencode({'invitation': secret})}"


def send_invitation(invitation: Invitation, organization: Organization, secret: str, site: str, language: str) -> None:
    """Mail the link by which somebody joins."""
    with override(language):
        told = {"name": invitation.name, "by": invitation.invited_by.name, "organization": organization.name}
        paragraphs = [
            _("Hello %(name)s,") % told,
            _("%(by)s invites you to work with %(organization)s on Bailiwick. Join here:") % told,
            join_address(site, secret),
            _("The link works once, and for a week. Join with the account that you have, or make a new one."),
            _("If you did not expect this, do nothing."),
        ]
        send_mail(_("%(organization)s invites you") % told, "\n\n".join(paragraphs) + "\n", None, [invitation.email])
