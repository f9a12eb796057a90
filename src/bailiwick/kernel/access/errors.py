"""Refusals of access."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class Forbidden(DomainError):
    """The actor lacks a right; `data` names it so that the page can explain."""

    code = "access.forbidden"
    message = _("You do not have the right that this needs. Nothing was changed.")
    status = 403


class WrongOrganization(DomainError):
    code = "access.wrong_organization"
    message = _("This form belongs to another organisation than the one you work in now. Nothing was stored.")
    status = 409


class GrantTooWide(DomainError):
    code = "access.grant_too_wide"
    message = _("A grant is never wider or longer than your own, and only a passable one can be passed on.")
    status = 403


class NobodyLeft(DomainError):
    """Somebody has to be left who can give rights."""

    code = "access.nobody_left"
    message = _("Then nobody could give and end grants any more. Let somebody else manage access first.")
    status = 409


class NoSuchPerson(DomainError):
    code = "access.no_such_person"
    message = _("Nobody of this login may act in an organisation of this name.")
    status = 404
