"""Refusals of the coming and going of members."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class OpensTheDoor(DomainError):
    code = "members.opens_the_door"
    message = _(
        "They open the door on the day on which the organisation's own sign-in fails."
        " Name somebody else in how people sign in first. Nothing was changed."
    )
    status = 409


class NobodyToAsk(DomainError):
    """`data` names whom nobody can be asked about."""

    code = "members.nobody_to_ask"
    message = _("Nobody can be asked about this person. Say to whom they report first. Nothing was started.")
    status = 409


class GrantsChanged(DomainError):
    """What was shown is not what would be signed."""

    code = "members.grants_changed"
    message = _("Something changed since you saw this. Nothing was signed; look at it again.")
    status = 409


class ReviewClosed(DomainError):
    code = "members.review_closed"
    message = _("This review is closed already. Nothing was changed.")
    status = 409


class StillHere(DomainError):
    code = "members.still_here"
    message = _("They still belong to the organisation. Let them go first.")
    status = 409


class OnHold(DomainError):
    """`data` says why, and until when."""

    code = "members.on_hold"
    message = _("A retention hold keeps what is known of them. Nothing was erased.")
    status = 409
