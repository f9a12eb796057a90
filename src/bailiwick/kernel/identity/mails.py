"""What identity writes to people."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from bailiwick.kernel.base.callers import caller_of
from bailiwick.kernel.base.rates import Spent, client_address, spend
from bailiwick.kernel.identity.links import make_address_link, make_link
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.rules.agents import device_of

NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


def can_mail() -> bool:
    """Whether this installation was told how to send mail."""
    return settings.EMAIL_BACKEND != NOWHERE


def spend_link(request: HttpRequest, wanted: str) -> Spent | None:
    """Count one more link for a login or an address: the allowance that has run out, if one has.

    Neither one mailbox nor the mail server is flooded from here, by whomever.
    """
    digest = hashlib.sha256(wanted.lower().encode()).hexdigest()[:32]
    spent = [spend("link_address", client_address(request)), spend("link_account", digest)]
    return next((each for each in spent if each is not None and not each.is_allowed), None)


class What(StrEnum):
    """What happened to an account that its person has to know of."""

    DEVICE = "device"
    PASSWORD = "password"  # noqa: S105  no secret


def notice(request: HttpRequest, user_id: UUID, what: What) -> dict[str, str]:
    """The arguments of the job that mails a notice: what happened, when, and from where."""
    caller = caller_of(request)
    return {
        "person": str(user_id),
        "what": what.value,
        "at": now().isoformat(timespec="seconds"),
        "agent": caller.agent,
        "address": caller.address or "",
        "site": request.build_absolute_uri("/").rstrip("/"),
        "language": get_language() or "",
    }


def send_notice(user: User, told: Mapping[str, str]) -> None:
    """Tell a person by mail what happened, and what to do if it was not them."""
    with override(user.language or told["language"]):
        subject, happened, remedy = _sentences(What(told["what"]))
        at = datetime.fromisoformat(told["at"]).astimezone(ZoneInfo(user.time_zone or "UTC"))
        values = {
            "at": f"{at:%Y-%m-%d %H:%M %Z}",
            "device": device_of(told["agent"]),
            "address": told["address"] or _("an unknown address"),
        }
        paragraphs = [
            _("Hello %(name)s,") % {"name": user.full_name},
            happened % {"login": user.username, "site": told["site"]},
            _("Time: %(at)s. Device: %(device)s. Address: %(address)s.") % values,
            _("If it was you, there is nothing to do."),
            remedy % {"sessions": told["site"] + reverse("identity:sessions")},
        ]
        send_mail(subject, "\n\n".join(paragraphs) + "\n", None, [user.email])


def _sentences(what: What) -> tuple[str, str, str]:
    if what == What.DEVICE:
        return (
            _("Bailiwick: signed in from a new device"),
            _("somebody has signed in to %(site)s as %(login)s, from a device that we have not seen with you before."),
            _("If it was not you: end that session at %(sessions)s, change your password, and tell your key manager."),
        )
    return (
        _("Bailiwick: your password was changed"),
        _("the password of %(login)s at %(site)s was changed. Every other session was ended."),
        _("If it was not you: set a new password by “Forgotten?” on the page to sign in, end all sessions at"
          " %(sessions)s, and tell your key manager."),
    )  # fmt: skip


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


def address_link(request: HttpRequest, user_id: UUID) -> dict[str, str]:
    """The arguments of the job that mails a link to confirm an address."""
    return {
        "person": str(user_id),
        "address": request.build_absolute_uri("/").rstrip("/"),
        "language": get_language() or "",
    }


def send_address_link(user: User, address: str, language: str) -> None:
    """Send a person the link by which they confirm their mail address at `address`, the installation's own."""
    link = f"{address}{reverse('identity:address')}?{urlencode({'link': make_address_link(user)})}"
    with override(language):
        paragraphs = [
            _("Hello %(name)s,") % {"name": user.full_name},
            _("the login %(login)s gives this mail address as its own. If that is you, confirm it here:")
            % {"login": user.username},
            link,
            _("The link works once, and for a day. You are asked to sign in with that login."),
            _("If it was not you, do nothing: the address is not confirmed then."),
        ]
        send_mail(_("Your mail address at Bailiwick"), "\n\n".join(paragraphs) + "\n", None, [user.email])
