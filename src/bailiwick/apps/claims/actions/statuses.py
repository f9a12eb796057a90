"""Setting the status of claims by hand, one or many at a time: the published words, on the one table of moves."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from bailiwick.apps.claims.actions.adjudication import approve_claims
from bailiwick.apps.claims.actions.clocks import start_clocks
from bailiwick.apps.claims.actions.denying import deny_claims, require_denial
from bailiwick.apps.claims.actions.moving import UNDECIDED, move_claims
from bailiwick.apps.claims.actions.paying import pay_claims
from bailiwick.apps.claims.actions.standing import require_edition
from bailiwick.apps.claims.choices import Mover, Pend, Stage, Status, Use
from bailiwick.apps.claims.errors import Immutable, MoveRefused, NotBilled, ReasonMissing, WentToReview
from bailiwick.apps.claims.manifest import APPROVE, MANAGE, PAY, PROCESS, WORK
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.claims import lock_claim, lock_claims, lock_for_moves
from bailiwick.apps.claims.rules.transitions import FINAL, may_move, needs_reason
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import AmountTooHigh, Forbidden
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.base.money import Money

MOST_CLAIMS = 10_000
"""As many as one request moves."""
CHUNK, JUDGED_AT_ONCE = 5_000, 500

STAGE_FOR = {
    Status.SUBMITTED: Stage.ACCEPTED,
    Status.UNDER_REVIEW: Stage.UNDER_REVIEW,
    Status.APPROVED: Stage.APPROVED,
    Status.REJECTED: Stage.DENIED,
    Status.PAID: Stage.PAID,
    Status.EXPIRED: Stage.EXPIRED,
}
"""Where a claim goes that somebody gives a status."""

Claims = Sequence[Claim]


@dataclass(slots=True)
class Moved:
    """What became of many: how many have the status that was asked for, and why others have not, by claim."""

    updated: int = 0
    refusals: dict[UUID, DomainError] = field(default_factory=dict)


def set_status(
    *,
    actor: Actor,
    claim_id: UUID,
    status: str,
    reason: str = "",
    reason_code: str = "",
    edition: int | None = None,
) -> Claim:
    """Give a claim a status; approved means adjudicated, and what that pends or would deny is under review instead.

    By who manages claims, by the assigned processor, paid by who pays. What is pended already is settled in its queue:
    approving it here only adjudicates it again. `reason_code` is the CARC of a rejection. Raises NotFound, Forbidden,
    Immutable, MoveRefused, ReasonMissing, InvalidInput, and Stale where an `edition` was read that is not the present.
    """
    with transaction.atomic(savepoint=False):
        claim = lock_claim(actor, claim_id)
        if edition is not None:
            require_edition(claim, edition)
        moved = _set(actor, [claim], Status(status), reason.strip(), reason_code)
        for refusal in moved.refusals.values():
            if not isinstance(refusal, WentToReview):
                raise refusal
        record(actor.ref, "claims.claims.moved", claim, {"status": status, "stage": claim.stage})
        claim.refresh_from_db()
        return claim


def set_statuses(
    *, actor: Actor, claim_ids: Sequence[UUID], status: str, reason: str = "", reason_code: str = ""
) -> Moved:
    """Give up to MOST_CLAIMS claims a status as `set_status` does each; those out of sight are left out in silence.

    In one transaction and a fixed number of statements a chunk. Raises Forbidden for who may move none.
    """
    _require_some(actor)
    require_denial(reason_code)
    assert len(claim_ids) <= MOST_CLAIMS
    total, word = Moved(), Status(status)
    size, lock = (JUDGED_AT_ONCE, lock_claims) if word == Status.APPROVED else (CHUNK, lock_for_moves)
    with transaction.atomic(savepoint=False):
        for ids in _chunks(sorted(set(claim_ids)), size):
            claims = lock(actor, ids)
            moved = _set(actor, claims, word, reason.strip(), reason_code)
            total.updated += moved.updated
            total.refusals |= moved.refusals
            if moved.updated:
                record(actor.ref, "claims.claims.moved", claims[0], {"status": status, "count": moved.updated})
    return total


def _require_some(actor: Actor) -> None:
    if not actor.may((*WORK, PAY)):
        raise Forbidden(right=MANAGE)


def _chunks(ids: list[UUID], size: int) -> Iterator[list[UUID]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _set(actor: Actor, claims: Claims, status: Status, reason: str, code: str) -> Moved:
    refusals = {claim.id: refusal for claim in claims if (refusal := _refusal_of(actor, claim, status, reason))}
    movable = [claim for claim in claims if claim.id not in refusals]
    if status == Status.APPROVED and movable:
        beyond = _beyond_limits(actor, movable)
        refusals |= beyond
        movable = [claim for claim in movable if claim.id not in beyond]
    if movable:
        move = partial(_deny, code=code) if status == Status.REJECTED else MOVE[status]
        refusals |= move(actor, movable, reason)
    return Moved(len(claims) - len(refusals), refusals)


def _refusal_of(actor: Actor, claim: Claim, status: Status, reason: str) -> DomainError | None:
    target = STAGE_FOR[status]
    mover = _mover_of(actor, claim, status)
    if mover is None:
        return Forbidden(right=PAY if status == Status.PAID else MANAGE, over=claim)
    if claim.stage in FINAL and (status != Status.PAID or claim.stage == Stage.PAID):
        return Immutable(id=str(claim.id))
    if not may_move(claim.stage, target, mover):
        return MoveRefused(id=str(claim.id), stage=claim.stage, to=target.value)
    if status == Status.PAID and claim.use != Use.CLAIM:
        return NotBilled(id=str(claim.id))
    if needs_reason(claim.stage, target) and not reason:
        return ReasonMissing(id=str(claim.id))
    return None


def _mover_of(actor: Actor, claim: Claim, status: Status) -> Mover | None:
    """As what the actor moves the claim; None for who may not."""
    if status == Status.PAID:
        return Mover.PAYER if actor.may(PAY) else None
    if actor.may(MANAGE):
        return Mover.MANAGER
    is_own = actor.may(PROCESS) and claim.assigned_processor_id == actor.member_id
    return Mover.PROCESSOR if is_own else None


def _beyond_limits(actor: Actor, claims: Claims) -> dict[UUID, DomainError]:
    """Those whose amount no grant of the actor is good for; asked once a currency where all are within."""
    by_currency: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_currency[claim.currency].append(claim)
    beyond: dict[UUID, DomainError] = {}
    for currency, group in by_currency.items():
        amounts = sorted({claim.amount for claim in group})
        if not _reaches(actor, amounts[-1], currency):
            within = bisect_left(amounts, True, key=lambda amount: not _reaches(actor, amount, currency))
            too_high = set(amounts[within:])
            for claim in group:
                if claim.amount in too_high:
                    beyond[claim.id] = AmountTooHigh(over=claim, right=APPROVE, amount=f"{claim.amount} {currency}")
    return beyond


def _reaches(actor: Actor, amount: Decimal, currency: str) -> bool:
    try:
        actor.require(APPROVE, amount=Money(amount, currency))
    except AmountTooHigh:
        return False
    return True


def _approve(actor: Actor, claims: Claims, reason: str) -> Mapping[UUID, DomainError]:
    mover = Mover.MANAGER if actor.may(MANAGE) else Mover.PROCESSOR
    judged = approve_claims(actor=actor.ref, claims=claims, mover=mover, reason=reason)
    return {each.claim.id: WentToReview(pend=each.claim.pend) for each in judged if not each.is_approved}


def _pay(actor: Actor, claims: Claims, _reason: str) -> Mapping[UUID, DomainError]:
    pay_claims(actor=actor, claims=claims)
    return {}


def _move(to: Stage, pend: str = "", **values: Any) -> Callable[[Actor, Claims, str], Mapping[UUID, DomainError]]:
    """A move that needs no judgement."""

    def move(actor: Actor, claims: Claims, reason: str) -> Mapping[UUID, DomainError]:
        mover = Mover.MANAGER if actor.may(MANAGE) else Mover.PROCESSOR
        move_claims(claims, to, mover=mover, member_id=actor.member_id, pend=pend, reason=reason, **values)
        return {}

    return move


def _reopen(actor: Actor, claims: Claims, reason: str) -> Mapping[UUID, DomainError]:
    _move(Stage.ACCEPTED, **UNDECIDED, settled=[])(actor, claims, reason)
    start_clocks(claims)
    return {}


def _deny(actor: Actor, claims: Claims, reason: str, *, code: str = "") -> Mapping[UUID, DomainError]:
    mover = Mover.MANAGER if actor.may(MANAGE) else Mover.PROCESSOR
    deny_claims(claims=claims, mover=mover, member_id=actor.member_id, reason=reason, code=code)
    return {}


MOVE: dict[Status, Callable[[Actor, Claims, str], Mapping[UUID, DomainError]]] = {
    Status.SUBMITTED: _reopen,
    Status.UNDER_REVIEW: _move(Stage.UNDER_REVIEW, Pend.REQUEST),
    Status.APPROVED: _approve,
    Status.REJECTED: _deny,
    Status.PAID: _pay,
}
