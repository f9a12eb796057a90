"""What identity writes to people."""

from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from bailiwick.kernel.identity.links import make_link
from bailiwick.kernel.identity.models import User

NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


def can_mail() -> bool:
    """Whether this installation was told how to send mail."""
    return settings.EMAIL_BACKEND != NOWHERE


def mail_link(user: User, address: str, language: str) -> None:
    """Send a person the link by which they set a new password at `address`, the installation's own."""
    link = f"{address}{reverse('identity:new-password')}?{urlencode({'link': make_link(user)})}"
    with override(language):
        paragraphs = [
            _("Hello %(name)s,") % {"name": user.full_name},
            _("somebody, most likely you, asked for a new password for the login %(login)s. Set it here:")
            % {"login": user.username},
            link,
            _("The link works once, and for an hour. Setting a password ends all your sessions."),
            _("If it was not you, do nothing: your password stays as it is."),
        ]
        send_mail(_("A new password for Bailiwick"), "\n\n".join(paragraphs) + "\n", None, [user.email])
