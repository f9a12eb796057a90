"""Refusals of access."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class Forbidden(DomainError):
    """The actor lacks a right; `data` names it so that the page can explain, over the row if it was about one."""

    code = "access.forbidden"
    message = _("You do not have the right that this needs. Nothing was changed.")
    status = 403

    def __init__(self, *, over: Model | None = None, **data: Any) -> None:
        super().__init__(**data)
        self.over = over


class AmountTooHigh(Forbidden):
    """The right is held, but no grant of it is good for so much; `data` names right and amount."""

    code = "access.amount_too_high"
    message = _("Your right does not reach to this amount. Somebody with a higher limit has to do it.")


class RightsInConflict(DomainError):
    """Two rights that nobody may hold together; `data` has `first`, `second`, `reason`, the member's id and name."""

    code = "access.rights_in_conflict"
    message = _("Then one person would hold two rights that are kept apart here.")
    status = 409


class HeldAsDeputy(Forbidden):
    """A deputy uses what they hold and passes nothing on; `data` names the right."""

    code = "access.held_as_deputy"
    message = _("You hold this right as a deputy: use it, but give nothing by it.")


class SecondPersonNeeded(DomainError):
    """Whoever gave or gets a grant does not approve it, nor does their deputy."""

    code = "access.second_person_needed"
    message = _("Somebody else has to approve this: not who gave it or gets it, nor who stands in for them.")
    status = 409


class WrongOrganization(DomainError):
    code = "access.wrong_organization"
    message = _("This form belongs to another organisation than the one you work in now. Nothing was stored.")
    status = 409


class GrantTooWide(DomainError):
    code = "access.grant_too_wide"
    message = _("A grant is never wider or longer than your own, and only a passable one can be passed on.")
    status = 403


class GrantOver(DomainError):
    """A grant that has ended, or whose time has passed, is not approved any more."""

    code = "access.grant_over"
    message = _("This grant is over. Give it again if it is still needed.")
    status = 409


class NobodyLeft(DomainError):
    """Somebody has to be left who can give rights."""

    code = "access.nobody_left"
    message = _("Then nobody could give and end grants any more. Let somebody else manage access first.")
    status = 409


class NoSuchPerson(DomainError):
    code = "access.no_such_person"
    message = _("Nobody of this login may act in an organisation of this name.")
    status = 404
