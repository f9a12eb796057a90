"""Refusals of the worklist."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError, InvalidInput


class LeaseLost(DomainError):
    code = "worklist.lease_lost"
    message = _(
        "Your lease ended and somebody else has this item, or it was released. Nothing was stored; take the next one."
    )
    status = 409


class HandsFull(DomainError):
    code = "worklist.hands_full"
    message = _("You hold as many items of this queue as you may. Decide or release one first.")
    status = 409


class AlreadyInvolved(DomainError):
    code = "worklist.already_involved"
    message = _("You have decided on this before, so somebody else has to. Nothing was stored; leave it to them.")
    status = 409


class UndoTooLate(DomainError):
    code = "worklist.undo_too_late"
    message = _("It is too late to take this back. Correct your decision on its record instead.")
    status = 409


class DecidedOn(DomainError):
    code = "worklist.decided_on"
    message = _("Somebody has decided the next round already. Correct your decision on its record instead.")
    status = 409


class NothingToPass(DomainError):
    code = "worklist.nothing_to_pass"
    message = _("Nothing is open here that could be passed on.")
    status = 409


class TokenMissing(InvalidInput):
    def __init__(self) -> None:
        super().__init__({"claim_token": [str(_("The token that came with the claim is missing."))]})
