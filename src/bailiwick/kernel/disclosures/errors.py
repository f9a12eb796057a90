"""Refusals of emergencies."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class NothingToBreak(DomainError):
    """The actor sees the record anyway; `data` has its kind and id."""

    code = "disclosures.nothing_to_break"
    message = _("You may open this record anyway. Nothing was recorded as an emergency.")
    status = 409


class OnlyPeople(DomainError):
    code = "disclosures.only_people"
    message = _("Only people open records in an emergency: a program may not, whatever its rights.")
    status = 403


class RoleMissing(DomainError):
    code = "disclosures.role_missing"
    message = _("This cannot be opened: the organisation has ended the role that an emergency would give.")
    status = 409
