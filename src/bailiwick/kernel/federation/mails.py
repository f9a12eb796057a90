"""What is written to those who keep an organisation's own sign-in."""

from django.core.mail import send_mail
from django.utils.translation import gettext as _
from django.utils.translation import override

from bailiwick.kernel.federation.queries.alarms import Alarm
from bailiwick.kernel.identity.choices import Method
from bailiwick.kernel.identity.models import User


def mail_alarm(keeper: User, alarm: Alarm) -> None:
    """Tell that somebody came in by the break-glass."""
    with override(keeper.language or None):
        about = {"name": alarm.name, "organization": alarm.organization}
        paragraphs = [
            _("Hello %(name)s,") % {"name": keeper.full_name},
            _("%(name)s has signed in to %(organization)s by the break-glass.") % about,
            _("Time: %(at)s. Way in: %(method)s.")
            % {"at": f"{alarm.at:%Y-%m-%d %H:%M} UTC", "method": Method(alarm.method).label},
            _("This is meant for the day on which the provider does not answer. If today is not such a day, end the"
              " sessions of this person and change their password and keys."),
        ]  # fmt: skip
        subject = _("The break-glass sign-in of %(organization)s was used") % {"organization": alarm.organization}
        send_mail(" ".join(subject.split()), "\n\n".join(paragraphs) + "\n", None, [keeper.email])
