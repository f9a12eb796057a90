"""What is mailed of an alert."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.mail import send_mail
from django.utils.translation import gettext as _
from django.utils.translation import override

from bailiwick.kernel.notices.models import Notice
from bailiwick.kernel.notices.queries.notices import tell


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one person."""

    address: str
    subject: str
    text: str

    def send(self) -> None:
        send_mail(self.subject, self.text, None, [self.address])


def write_letter(notice: Notice, organization: str) -> Letter:
    """What a person is told of an incident, in their language: nothing that the trail alone may show."""
    user = notice.member.user
    assert user
    with override(user.language or None):
        [told] = tell([notice])
        at = notice.at.astimezone(ZoneInfo(user.time_zone or "UTC"))
        about = {"at": f"{at:%Y-%m-%d %H:%M %Z}", "organization": organization}
        paragraphs = [
            _("Hello %(name)s,") % {"name": user.full_name},
            told.sentence,
            _("Time: %(at)s. Organisation: %(organization)s.") % about,
            _("You find more among your notices. Whoever keeps the alerts of your organisation decides who is told."),
        ]
        subject = _("Alert: %(title)s") % {"title": notice.incident.alert}
        return Letter(user.email, " ".join(subject.split()), "\n\n".join(paragraphs) + "\n")
