"""What is refused about alerts."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class TooMany(DomainError):
    code = "notices.too_many_alerts"
    message = _("These are as many alerts as are kept. Remove one that is not used.")
    status = 409
