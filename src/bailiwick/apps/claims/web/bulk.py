"""What is done to many claims of a list at once: each in as many statements as for one."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.assigning import assign_claims
from bailiwick.apps.claims.actions.statuses import set_statuses
from bailiwick.apps.claims.choices import Status
from bailiwick.apps.claims.manifest import MANAGE, PAY, PROCESS
from bailiwick.apps.claims.web.narrowing import NOBODY, processors
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.base.manifest import Text
from bailiwick.kernel.web.tables import BulkAction

Refusals = Mapping[UUID, DomainError]


def assign(*, actor: Actor, keys: Sequence[UUID], reason: str) -> Refusals:
    """`reason` is whom they are assigned to, or nobody. Those approved or paid are left as they are."""
    assign_claims(actor=actor, claim_ids=keys, member_id=None if reason == NOBODY else UUID(reason))
    return {}


def _give(status: Status) -> Callable[..., Refusals]:
    def run(*, actor: Actor, keys: Sequence[UUID], reason: str) -> Refusals:
        return set_statuses(actor=actor, claim_ids=keys, status=status, reason=reason).refusals

    return run


def _offered(actor: Actor) -> list[tuple[str, Text]]:
    return processors(actor)[1:]


ACTIONS = (
    BulkAction("assign", gettext_lazy("Assign"), "user-share", MANAGE, assign, is_set=True, choose=_offered),
    BulkAction("approve", gettext_lazy("Approve"), "check", PROCESS, _give(Status.APPROVED), is_set=True),
    BulkAction(
        "reject",
        gettext_lazy("Reject"),
        "x",
        PROCESS,
        _give(Status.REJECTED),
        is_set=True,
        asks_reason=True,
        is_danger=True,
    ),
    BulkAction("pay", gettext_lazy("Pay"), "cash", PAY, _give(Status.PAID), is_set=True, is_danger=True),
)
"""What is offered on the list; what an organisation's rules want people to look at goes under review instead."""
