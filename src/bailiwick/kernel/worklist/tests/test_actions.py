"""Who gets which item, until when, and what proves it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.models import Change
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import Queue
from bailiwick.kernel.decisions.actions import write_decision
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.actions import queue_again, queue_item
from bailiwick.kernel.worklist.actions.assigning import assign_items, snooze_items, withdraw_items
from bailiwick.kernel.worklist.errors import HandsFull, LeaseLost, TokenMissing
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.queries import explain_nothing_left, get_held, list_in_hands, list_queues, list_waiting
from bailiwick.kernel.worklist.tests.factories import DIGEST, QUEUE, RIGHT, add_items, claim, decide, release, renew
from bailiwick.kernel.worklist.tokens import is_current_token, make_token

Worker = Callable[..., Actor]


@pytest.fixture(autouse=True)
def _in_scope(queue: Queue, scope: Any, organization: Any) -> Any:
    with scope(organization):
        yield


def expire(item_id: UUID) -> None:
    WorkItem.objects.filter(id=item_id).update(available_at=now() - timedelta(seconds=1))


def test_the_most_urgent_comes_first_then_the_oldest(worker: Worker) -> None:
    first, second = add_items(2)
    [urgent] = add_items(1, priority=5)
    assert [claim(worker()).item_id for _ in range(3)] == [urgent.id, first.id, second.id]
    assert claim(worker()) is None


def test_claiming_again_returns_what_i_hold_with_the_same_token_and_a_new_lease(worker: Worker) -> None:
    add_items(2)
    actor = worker()
    first = claim(actor)
    WorkItem.objects.filter(id=first.item_id).update(available_at=now() + timedelta(seconds=5))
    again = claim(actor)
    assert (again.item_id, again.token) == (first.item_id, first.token)
    assert again.lease_expires_at > now() + timedelta(seconds=QUEUE.lease - 60)
    assert list_in_hands(actor).count() == 1


def test_i_resume_what_i_hold_even_after_my_lease_has_ended(worker: Worker) -> None:
    add_items(2)
    actor = worker()
    first = claim(actor)
    expire(first.item_id)
    assert claim(actor).token == first.token


def test_who_may_not_work_the_queue_gets_nothing(organization: Any) -> None:
    add_items(1)
    with pytest.raises(Forbidden):
        claim(actor_for(new_member(organization)))


def test_a_claim_is_narrowed_to_some_subjects(worker: Worker) -> None:
    _first, wanted = add_items(2)
    narrowed = WorkItem.objects.filter(id=wanted.id).values("subject_id")
    assert claim(worker(), subjects=narrowed).item_id == wanted.id
    assert claim(worker(), subjects=narrowed) is None


def test_an_item_that_i_may_not_take_goes_to_others(worker: Worker) -> None:
    actor, other = worker(), worker()
    [item] = add_items(1, excluded=[actor.member_id])
    assert claim(actor) is None
    assert explain_nothing_left(actor, QUEUE.code).excluded == 1
    assert claim(other).item_id == item.id
    expire(item.id)
    assert claim(actor) is None


def test_a_snoozed_item_comes_back_at_its_time(worker: Worker) -> None:
    [item] = add_items(1, available_at=now() + timedelta(hours=1))
    actor = worker()
    assert claim(actor) is None
    assert explain_nothing_left(actor, QUEUE.code).snoozed == 1
    expire(item.id)
    assert claim(actor).item_id == item.id


def test_an_expired_lease_passes_on_and_the_former_holder_has_lost(worker: Worker) -> None:
    add_items(1)
    slow, quick = worker(), worker()
    lost = claim(slow)
    assert claim(quick) is None
    assert explain_nothing_left(quick, QUEUE.code).held == 1
    expire(lost.item_id)
    taken = claim(quick)
    assert (taken.item_id, taken.token != lost.token) == (lost.item_id, True)
    for use in (
        lambda: decide(slow, lost),
        lambda: renew(slow, lost),
        lambda: release(slow, lost),
    ):
        with pytest.raises(LeaseLost) as refusal:
            use()
        assert refusal.value.status == 409
    assert decide(quick, taken).member_id == quick.member_id


def test_an_expired_lease_that_nobody_took_still_decides(worker: Worker) -> None:
    add_items(1)
    actor = worker()
    claimed = claim(actor)
    expire(claimed.item_id)
    assert decide(actor, claimed).verdict == "yes"


def test_an_answer_needs_the_token_of_the_present_claim(worker: Worker) -> None:
    add_items(1)
    actor, other = worker(), worker()
    claimed = claim(actor)
    with pytest.raises(TokenMissing) as missing:
        renew(actor, replace(claimed, token=""))
    assert missing.value.status == 400
    for who, proof in (
        (actor, replace(claimed, token="0" * 64)),
        (other, claimed),
        (other, replace(claimed, token=make_token(claimed.item_id, other.member_id, 1))),
    ):
        with pytest.raises(LeaseLost):
            renew(who, proof)
    with pytest.raises(NotFound):
        renew(actor, replace(claimed, subject_id=uuid4()))
    assert renew(actor, claimed).available_at > now() + timedelta(seconds=590)


def test_what_is_released_keeps_its_place_and_its_token_is_dead(worker: Worker) -> None:
    first, second = add_items(2)
    actor, other = worker(), worker()
    claimed = claim(actor)
    release(actor, claimed)
    with pytest.raises(LeaseLost):
        decide(actor, claimed)
    assert claim(other).item_id == first.id
    assert claim(actor).item_id == second.id


def test_a_program_holds_several_items_up_to_its_bound(worker: Worker) -> None:
    add_items(5)
    program = worker(kind="program")
    held = [claim(program) for _ in range(QUEUE.max_held)]
    assert len({each.item_id for each in held}) == QUEUE.max_held
    with pytest.raises(HandsFull):
        claim(program)
    decide(program, held[1])
    assert claim(program).item_id not in {each.item_id for each in held}


def test_a_second_decision_of_a_round_is_impossible_by_constraint(worker: Worker) -> None:
    add_items(1)
    actor = worker()
    claimed = claim(actor)
    first = decide(actor, claimed)
    with pytest.raises(LeaseLost):
        decide(actor, claimed)
    for values in ({}, {"round": 2}, {"supersedes_id": uuid4()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(
                item_id=first.item_id, member_id=actor.member_id, verdict="no", content_digest=DIGEST, **values
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        add_items(1, subject_id=claimed.subject_id)


def test_a_decision_is_superseded_once(worker: Worker) -> None:
    add_items(1)
    actor = worker()
    first = decide(actor, claim(actor))
    again = {"actor": actor, "item_id": first.item_id, "verdict": "no", "content_digest": DIGEST}
    second = write_decision(**again, supersedes_id=first.id)
    for supersedes_id in (None, first.id):
        with pytest.raises(AlreadyDecided):
            write_decision(**again, supersedes_id=supersedes_id)
    assert write_decision(**again, supersedes_id=second.id).supersedes_id == second.id


def test_leases_are_not_audited_and_completion_is(worker: Worker) -> None:
    add_items(1)
    actor = worker()
    claimed = claim(actor)
    changes = Change.objects.filter(table_name="worklist_workitem", row_id=claimed.item_id)
    assert changes.count() == 0
    decide(actor, claimed)
    assert [list(change.columns) for change in changes] == [["done_at"]]


def test_work_is_queued_with_its_due_time(organization: Any) -> None:
    member = new_member(organization)
    item = queue_item(QUEUE, member, content_digest=DIGEST)
    assert (item.subject_id, item.subject_type) == (member.id, "identity.member")
    assert abs(item.due_at - now() - timedelta(seconds=QUEUE.service_level)) < timedelta(minutes=1)


def test_what_waits_is_counted_for_who_may_work_it(worker: Worker, organization: Any) -> None:
    add_items(3)
    actor, stranger = worker(), actor_for(new_member(organization))
    claim(worker())
    [waiting] = [each for each in list_waiting(actor) if each.queue.code == QUEUE.code]
    assert (waiting.count, waiting.is_more, len(waiting.holders)) == (2, False, 1)
    assert get_held(actor, QUEUE.code) is None
    assert RIGHT not in {queue.right for queue in list_queues(stranger)}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(["claim", "decide", "release", "expire", "renew"])), max_size=25
    )
)
def test_in_any_order_of_steps_an_item_has_one_holder_and_one_decision(
    worker: Worker, steps: list[tuple[int, str]]
) -> None:
    WorkItem.objects.filter(done_at=None).update(done_at=now(), holder=None)
    actors = [worker() for _ in range(3)]
    items = {item.id for item in add_items(3)}
    claims: dict[int, Any] = {}
    decided: set[UUID] = set()
    for who, step in steps:
        actor, held = actors[who], claims.get(who)
        if step == "claim":
            claimed = claim(actor)
            if claimed is not None:
                assert claimed.item_id not in decided
                claims[who] = claimed
            continue
        if held is None:
            continue
        if step == "expire":
            WorkItem.objects.filter(id=held.item_id, done_at=None).update(available_at=now() - timedelta(seconds=1))
            continue
        item = WorkItem.objects.get(id=held.item_id)
        is_mine = item.done_at is None and is_current_token(held.token, item, actor.member_id)
        try:
            match step:
                case "decide":
                    decide(actor, held)
                    decided.add(held.item_id)
                case "release":
                    release(actor, held)
                case "renew":
                    renew(actor, held)
            assert is_mine
        except LeaseLost:
            assert not is_mine
    assert Decision.objects.filter(item_id__in=items).count() == len(decided)
    assert set(WorkItem.objects.filter(id__in=items, done_at__isnull=False).values_list("id", flat=True)) == decided


def test_a_subject_that_comes_back_is_asked_about_in_its_next_round(queue: Queue, worker: Worker) -> None:
    [done], me, other = add_items(1), worker(), worker()
    subjects = [(done.subject_id, DIGEST), (uuid4(), DIGEST)]
    decide(me, claim(me))
    for _ in range(2):
        queue_again(queue, "tests.subject", subjects, [other.member_id, None], excluded=[me.member_id])
    found = WorkItem.objects.filter(done_at=None).order_by("-round")
    assert [(each.subject_id, each.round) for each in found] == [(subjects[0][0], 2), (subjects[1][0], 1)]
    assert claim(me) is None and claim(other).round == 2


def test_many_subjects_are_assigned_and_withdrawn_at_once(queue: Queue, worker: Worker) -> None:
    one, two = add_items(2)
    keys, me, other = [one.subject_id, two.subject_id], worker(), worker()
    taken = claim(me)
    assign_items([queue.code], keys, other.member_id)
    with pytest.raises(LeaseLost):
        release(me, taken)
    assert claim(me) is None and claim(other).item_id == one.id
    assign_items([queue.code], keys, other.member_id)
    assert get_held(other, queue.code).id == one.id
    assign_items([queue.code], keys, None)
    assert claim(me).item_id == two.id
    snooze_items([queue.code], keys, now() + timedelta(hours=1))
    assert (claim(me), claim(other)) == (None, None)
    snooze_items([queue.code], keys, None)
    assert claim(other).item_id == one.id
    withdraw_items([queue.code], keys)
    assert (claim(me), claim(other)) == (None, None)
