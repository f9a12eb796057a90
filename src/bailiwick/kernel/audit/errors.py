"""What goes wrong when something is recorded, and when seals are kept outside."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class UnknownVerb(LookupError):
    """An event was recorded with a verb that no manifest declares."""


class UnknownPurpose(LookupError):
    """A reading was recorded with a purpose that its kind does not declare."""


class NoStamp(DomainError):
    code = "audit.no_time_stamp"
    message = _("The time-stamping authority gave no time stamp for this seal. Try again, or name another authority.")
    status = 502


class NothingSealed(DomainError):
    code = "audit.nothing_sealed"
    message = _("Nothing is sealed yet. The first seal comes within a minute; try again then.")
    status = 409
