"""Work on claims under review: one open item a claim, in the queue of its reason, for whoever processes it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.actions.queueing import reassign_reviews, requeue_reviews, take_next
from bailiwick.apps.claims.choices import Mover, Pend, Stage
from bailiwick.apps.claims.manifest import AMOUNT_QUEUE, MEDICAL_QUEUE
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.tests.factories import new_stored_claim
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.models import WorkItem

Processor = Callable[[], Actor]


@pytest.fixture(autouse=True)
def _in_scope(scope: Any, organization: Any) -> Any:
    with scope(organization):
        yield


@pytest.fixture
def processor(organization: Any) -> Processor:
    return lambda: actor_for(new_member(organization, "claims-processor"))


def review(*claims: Claim, pend: Pend = Pend.MEDICAL) -> None:
    move_claims(claims, Stage.UNDER_REVIEW, mover=Mover.ADJUDICATION, pend=pend)


def take_back(*claims: Claim) -> None:
    move_claims(claims, Stage.ACCEPTED, mover=Mover.CANCELLATION)


def work(claim: Claim) -> list[tuple[str, int, UUID | None, bool]]:
    rows = WorkItem.objects.filter(subject_id=claim.id).order_by("queue", "round")
    return [(each.queue, each.round, each.assignee_id, each.done_at is None) for each in rows]


@pytest.mark.parametrize(
    ("pend", "queue"),
    [
        (Pend.EVENT, "claims.medical"),
        (Pend.MEDICAL, "claims.medical"),
        (Pend.REQUEST, "claims.medical"),
        (Pend.DENIAL, "claims.medical"),
        (Pend.DUPLICATE, "claims.duplicates"),
        (Pend.AMOUNT, "claims.amounts"),
        (Pend.INFORMATION, "claims.information"),
    ],
)
def test_each_reason_has_its_queue(pend: Pend, queue: str) -> None:
    claim = new_stored_claim()
    review(claim, pend=pend)
    assert work(claim) == [(queue, 1, None, True)]


def test_what_leaves_review_is_withdrawn_and_coming_back_is_the_next_round() -> None:
    claim = new_stored_claim()
    review(claim)
    take_back(claim)
    assert work(claim) == [("claims.medical", 1, None, False)]
    review(claim)
    assert work(claim) == [("claims.medical", 1, None, False), ("claims.medical", 2, None, True)]


def test_work_is_for_the_claims_processor_but_high_amounts_are_everybodys(processor: Processor) -> None:
    me = processor()
    mine, high = (new_stored_claim(assigned_processor_id=me.member_id) for _ in range(2))
    review(mine)
    review(high, pend=Pend.AMOUNT)
    assert work(mine) == [("claims.medical", 1, me.member_id, True)]
    assert work(high) == [("claims.amounts", 1, None, True)]
    assert take_next(actor=processor(), queue_code=MEDICAL_QUEUE.code) is None
    assert take_next(actor=me, queue_code=MEDICAL_QUEUE.code).subject_id == mine.id


def test_moving_costs_as_many_statements_for_many_claims_as_for_one() -> None:
    claims = [new_stored_claim() for _ in range(20)]
    counts = []
    for group in (claims[:1], claims[1:]):
        for move in (review, take_back):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                move(*group)
            counts.append(len(queries))
    assert counts == [3, 4, 3, 4]


def test_a_move_outside_review_asks_nothing_of_the_worklist() -> None:
    claim = new_stored_claim()
    with CaptureQueriesContext(connection) as queries:
        move_claims([claim], Stage.APPROVED, mover=Mover.MANAGER)
    assert len(queries) == 2


def test_another_reason_moves_the_work_to_its_queue() -> None:
    claim = new_stored_claim()
    review(claim)
    claim.pend = Pend.DUPLICATE
    requeue_reviews([claim])
    requeue_reviews([claim])
    assert work(claim) == [("claims.duplicates", 1, None, True), ("claims.medical", 1, None, False)]


def test_who_takes_nobodys_claim_becomes_its_processor(processor: Processor) -> None:
    claim = new_stored_claim()
    review(claim)
    me = processor()
    held = take_next(actor=me, queue_code=MEDICAL_QUEUE.code)
    assert held.subject_id == claim.id
    claim.refresh_from_db()
    assert claim.assigned_processor_id == me.member_id
    assert take_next(actor=me, queue_code=MEDICAL_QUEUE.code).token == held.token
    assert take_next(actor=processor(), queue_code=MEDICAL_QUEUE.code) is None


def test_who_takes_a_high_amount_of_somebody_else_does_not_become_its_processor(processor: Processor) -> None:
    owner = processor()
    claim = new_stored_claim(assigned_processor_id=owner.member_id)
    review(claim, pend=Pend.AMOUNT)
    take_next(actor=processor(), queue_code=AMOUNT_QUEUE.code)
    claim.refresh_from_db()
    assert claim.assigned_processor_id == owner.member_id


def test_assigning_takes_the_work_out_of_others_hands(processor: Processor) -> None:
    claim = new_stored_claim()
    review(claim)
    former, now_mine = processor(), processor()
    take_next(actor=former, queue_code=MEDICAL_QUEUE.code)
    reassign_reviews([claim.id], now_mine.member_id)
    assert take_next(actor=former, queue_code=MEDICAL_QUEUE.code) is None
    assert take_next(actor=now_mine, queue_code=MEDICAL_QUEUE.code).subject_id == claim.id


def test_assigning_again_to_whoever_holds_it_leaves_it_in_their_hands(processor: Processor) -> None:
    claim = new_stored_claim()
    review(claim)
    me = processor()
    held = take_next(actor=me, queue_code=MEDICAL_QUEUE.code)
    reassign_reviews([claim.id], me.member_id)
    assert take_next(actor=me, queue_code=MEDICAL_QUEUE.code).token == held.token
