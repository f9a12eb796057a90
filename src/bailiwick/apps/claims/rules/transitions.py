"""The one table of moves: from which stage a claim may go to which, and by whom, on every path."""

from itertools import product

from bailiwick.apps.claims.choices import Mover, Stage

OPEN = (Stage.ACCEPTED, Stage.UNDER_REVIEW)
"""Not decided yet: what the published words submitted and under_review mean."""
GRANTED = (Stage.APPROVED, Stage.PARTIALLY_APPROVED)
REFUSED = (Stage.RETURNED, Stage.DENIED, Stage.EXPIRED)
FINAL = (*GRANTED, Stage.PAYMENT_SCHEDULED, Stage.PAID)
"""Approved or paid: changed in no field, corrected by a new version."""
APPEALABLE = (Stage.DENIED, *FINAL)
"""What was decided of them may be disputed."""
CORRECTIONS = (Stage.ADJUSTED, Stage.REPLACED, Stage.VOIDED)

WORKERS = frozenset({Mover.PROCESSOR, Mover.MANAGER})
SECOND_LOOK = frozenset({Mover.ADMISSION, Mover.ADJUDICATION, Mover.DISCHARGE, Mover.EXAMINER, *WORKERS})

MOVES: dict[tuple[Stage, Stage], frozenset[Mover]] = {
    (Stage.DRAFT, Stage.ACCEPTED): frozenset({Mover.SUBMITTER}),
    (Stage.DRAFT, Stage.RETURNED): frozenset({Mover.SUBMITTER}),
    (Stage.ACCEPTED, Stage.UNDER_REVIEW): SECOND_LOOK,
    (Stage.UNDER_REVIEW, Stage.ACCEPTED): frozenset({Mover.CANCELLATION}),
    **{move: frozenset({Mover.DISCHARGE, Mover.EXAMINER, *WORKERS}) for move in product(OPEN, GRANTED)},
    **{(stage, Stage.DENIED): WORKERS for stage in OPEN},
    **{(stage, Stage.EXPIRED): frozenset({Mover.SCHEDULE}) for stage in OPEN},
    **{move: frozenset({Mover.PAYER}) for move in product(GRANTED, (Stage.PAYMENT_SCHEDULED, Stage.PAID))},
    (Stage.PAYMENT_SCHEDULED, Stage.PAID): frozenset({Mover.PAYER}),
    **{(stage, Stage.ACCEPTED): frozenset({Mover.MANAGER}) for stage in REFUSED},
    (Stage.DENIED, Stage.APPEALED): frozenset({Mover.SUBMITTER}),
    (Stage.APPEALED, Stage.DENIED): frozenset({Mover.EXAMINER}),
    (Stage.APPEALED, Stage.ACCEPTED): frozenset({Mover.EXAMINER}),
    **{move: frozenset({Mover.MANAGER, Mover.EXAMINER, Mover.CANCELLATION}) for move in product(FINAL, CORRECTIONS)},
}
NEEDS_REASON = frozenset(
    {(stage, Stage.DENIED) for stage in OPEN} | {(stage, Stage.ACCEPTED) for stage in (*REFUSED, Stage.APPEALED)}
)
"""Moves that nobody makes without saying why."""


def may_move(origin: str, target: str, mover: str) -> bool:
    """Whether the table has the move for whoever makes it."""
    return mover in MOVES.get((Stage(origin), Stage(target)), frozenset())


def needs_reason(origin: str, target: str) -> bool:
    return (Stage(origin), Stage(target)) in NEEDS_REASON
