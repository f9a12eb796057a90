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


class TokenMissing(InvalidInput):
    def __init__(self) -> None:
        super().__init__({"claim_token": [str(_("The token that came with the claim is missing."))]})
