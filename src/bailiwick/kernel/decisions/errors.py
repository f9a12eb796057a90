"""Refusals of decisions."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class AlreadyDecided(DomainError):
    code = "decisions.already_decided"
    message = _("This has been decided already. Nothing was stored; open the record to see the decision.")
    status = 409
