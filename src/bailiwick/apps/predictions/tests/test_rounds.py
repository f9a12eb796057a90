"""Second and third opinions, gold, undo: whatever happens in whatever order, the record stays in order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailiwick.apps.predictions.actions.review import (
    correct_decision,
    decide_prediction,
    escalate_prediction,
    skip_prediction,
    undo_decision,
)
from bailiwick.apps.predictions.choices import State
from bailiwick.apps.predictions.manifest import DISPUTE_QUEUE, MANAGE, REVIEW_QUEUE
from bailiwick.apps.predictions.models import AddedReason, GoldAnswer, Prediction, Reason, ReasonDecision
from bailiwick.apps.predictions.queries.records import list_records
from bailiwick.apps.predictions.queries.rounds import find_gold_for, list_passed, list_rounds
from bailiwick.apps.predictions.tests.factories import confirming, submitted
from bailiwick.apps.predictions.values import AddedAnswer, Answer
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import live_decisions
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.actions import (
    change_settings,
    claim_next,
    prioritise_items,
    release_item,
    return_items,
)
from bailiwick.kernel.worklist.claiming import Claim, claim_of
from bailiwick.kernel.worklist.errors import DecidedOn, LeaseLost, NothingToPass, UndoTooLate
from bailiwick.kernel.worklist.models import QueueSettings, WorkItem
from bailiwick.kernel.worklist.queries import count_decided_today, get_settings
from bailiwick.kernel.worklist.rules import draw, is_gold

QUEUE, DISPUTES = REVIEW_QUEUE.code, DISPUTE_QUEUE.code
People = Callable[..., Actor]


@pytest.fixture(autouse=True)
def _in_scope(scope: Any, organization: Any) -> Any:
    with scope(organization):
        yield


@pytest.fixture
def who(organization: Any) -> People:
    """`who("reviewer", …)`: somebody with some roles."""
    return lambda *roles: actor_for(new_member(organization, *(roles or ("reviewer",))))


@pytest.fixture
def owner(who: People) -> Actor:
    return who("model-owner", "reviewer")


def ask(owner: Actor, opinions: str = "0", gold: str = "0", *, blind: bool = False) -> None:
    """How the queue is worked from now on."""
    shares = {"second_opinions": Decimal(opinions), "gold": Decimal(gold), "is_first_round_blind": blind}
    change_settings(actor=owner, queue=REVIEW_QUEUE, right=MANAGE, **shares)


def take(actor: Actor, queue: str = QUEUE) -> Claim | None:
    return claim_next(actor=actor, queue_code=queue)


def answer_to(claim: Claim, verdict: str = "reject") -> Answer:
    if claim.is_blind:
        return Answer(verdict, added=(AddedAnswer(266544),) if verdict == "reject" else ())
    return confirming(verdict=verdict)


def give(actor: Actor, claim: Claim, verdict: str = "reject") -> Decision:
    with transaction.atomic():
        answer = answer_to(claim, verdict)
        given = {"prediction_id": claim.subject_id, "token": claim.token, "answer": answer}
        return decide_prediction(actor=actor, **given).decision


def decide(actor: Actor, verdict: str = "reject", queue: str = QUEUE) -> Decision:
    claim = take(actor, queue)
    assert claim is not None
    return give(actor, claim, verdict)


def items_of(prediction: Prediction) -> dict[int, WorkItem]:
    return {item.round: item for item in WorkItem.objects.filter(subject_id=prediction.id)}


def state_of(actor: Actor, prediction: Prediction) -> State:
    [standing] = list_records(actor, [prediction.id])
    return standing.state


def test_the_sample_is_drawn_by_a_recorded_number_that_can_be_drawn_again(owner: Actor) -> None:
    ask(owner, "0.5")
    items = [items_of(submitted(owner))[1] for _ in range(40)]
    assert {item.is_sampled for item in items} == {True, False}
    for item in items:
        assert item.is_sampled is (item.draw < Decimal("0.5"))
        assert item.probability == (Decimal("0.5") if item.is_sampled else 1)


@given(st.binary(min_size=1), st.lists(st.text(), min_size=1))
def test_a_draw_is_a_share_and_always_the_same(key: bytes, words: list[str]) -> None:
    assert 0 <= draw(key, *words) < 1
    assert draw(key, *words) == draw(key, *words)


def test_draws_are_spread_evenly() -> None:
    drawn = sorted(draw(b"key", number) for number in range(2000))
    assert all(abs(value - Decimal(place) / 2000) < Decimal("0.05") for place, value in enumerate(drawn))


def test_two_who_agree_settle_it(owner: Actor, who: People) -> None:
    ask(owner, "1")
    prediction = submitted(owner)
    first, second = who(), who()
    decide(first)
    assert (state_of(owner, prediction), take(first)) == (State.SECOND, None)
    assert not decide(second).is_model_visible
    assert state_of(owner, prediction) == State.CONFIRMED
    assert set(items_of(prediction)) == {1, 2}


def test_two_who_differ_are_settled_by_a_third_with_the_right(owner: Actor, who: People) -> None:
    ask(owner, "1")
    prediction = submitted(owner)
    first, second, auditor = who(), who(), who("submitter")
    decide(first, "accept")
    decide(second, "reject")
    assert state_of(owner, prediction) == State.DISPUTED
    with pytest.raises(Forbidden):
        take(first, DISPUTES)
    third = decide(auditor, "accept", DISPUTES)
    assert (third.round, third.is_model_visible) == (3, True)
    [standing] = list_records(owner, [prediction.id])
    assert (standing.state, standing.outcome.id) == (State.OVERRIDDEN, third.id)
    assert [each.opinion.decision.verdict for each in list_rounds(owner, prediction.id)] == [
        "accept",
        "reject",
        "accept",
    ]


def test_who_may_be_asked_blind_sees_neither_the_model_nor_the_first_opinion(owner: Actor, who: People) -> None:
    ask(owner, "1")
    prediction = submitted(owner)
    reviewer = who()
    decide(who())
    [standing] = list_records(reviewer, [prediction.id])
    assert (standing.is_hidden, standing.record.verdict, standing.record.reasons) == (True, None, "[]")
    assert list_rounds(reviewer, prediction.id) == []
    [known] = list_records(owner, [prediction.id])
    assert (known.is_hidden, known.record.verdict) == (False, "reject")
    decide(reviewer)
    assert not list_records(reviewer, [prediction.id])[0].is_hidden
    assert len(list_rounds(reviewer, prediction.id)) == 2


def test_a_blind_answer_is_measured_against_the_reasons_of_the_model(owner: Actor, who: People) -> None:
    ask(owner, blind=True)
    submitted(owner)
    reviewer = who()
    claim = take(reviewer)
    assert claim.is_blind
    answer = Answer("reject", added=(AddedAnswer(title="Health claim", explanation="It cures nothing."),))
    given = {"prediction_id": claim.subject_id, "token": claim.token}
    with pytest.raises(InvalidInput), transaction.atomic():
        decide_prediction(actor=reviewer, answer=confirming(), **given)
    decided = decide_prediction(actor=reviewer, answer=answer, **given)
    assert list(ReasonDecision.objects.values_list("outcome", flat=True)) == ["overridden"]
    [added] = AddedReason.objects.select_related("reason")
    assert (added.reason.title, added.reason.is_confirmed, added.explanation) == (
        "Health claim",
        False,
        "It cures nothing.",
    )
    assert decide_prediction(actor=reviewer, answer=answer, **given).decision == decided.decision


def test_an_added_reason_makes_people_and_model_differ(owner: Actor, who: People) -> None:
    prediction = submitted(owner)
    Reason.objects.create(code=7, title="Promise of returns")
    reviewer = who()
    claim = take(reviewer)
    given = {"actor": reviewer, "prediction_id": claim.subject_id, "token": claim.token}
    for wrong in (AddedAnswer(266544), AddedAnswer(99)):
        with pytest.raises(InvalidInput), transaction.atomic():
            decide_prediction(**given, answer=Answer("reject", confirming().reasons, added=(wrong,)))
    decide_prediction(**given, answer=Answer("reject", confirming().reasons, added=(AddedAnswer(7),)))
    assert state_of(owner, prediction) == State.OVERRIDDEN


def test_what_i_skip_goes_to_others_and_after_three_to_the_disputes(owner: Actor, who: People) -> None:
    prediction = submitted(owner)
    people = [who() for _ in range(3)]
    for skipper in people:
        claim = take(skipper)
        skip_prediction(actor=skipper, prediction_id=prediction.id, token=claim.token, reason="Not my language")
        assert take(skipper) is None
    assert state_of(owner, prediction) == State.DISPUTED
    assert [passed.reason for passed in list_passed(list_rounds(owner, prediction.id))] == ["Not my language"] * 3
    assert return_items(actor=owner, queue_code=QUEUE, subject_id=prediction.id) == 1
    assert take(people[0]).subject_id == prediction.id


def test_what_is_escalated_is_decided_by_who_settles_disputes(owner: Actor, who: People) -> None:
    prediction = submitted(owner)
    reviewer = who()
    claim = take(reviewer)
    escalate_prediction(actor=reviewer, prediction_id=prediction.id, token=claim.token, reason="A legal question")
    with pytest.raises(LeaseLost), transaction.atomic():
        give(reviewer, claim)
    assert decide(owner, queue=DISPUTES).round == 1
    assert state_of(owner, prediction) == State.CONFIRMED
    with pytest.raises(NothingToPass), transaction.atomic():
        return_items(actor=owner, queue_code=QUEUE, subject_id=prediction.id)


def test_what_is_urgent_comes_first(owner: Actor, who: People) -> None:
    submitted(owner)
    urgent = submitted(owner)
    prioritise_items(actor=owner, queue_code=QUEUE, subject_id=urgent.id, priority=10)
    assert take(who()).subject_id == urgent.id
    with pytest.raises(Forbidden):
        prioritise_items(actor=who(), queue_code=QUEUE, subject_id=urgent.id, priority=1)


def test_an_undo_gives_back_the_former_and_releases_the_one_just_claimed(owner: Actor, who: People) -> None:
    first, second = submitted(owner), submitted(owner)
    reviewer, other = who(), who()
    decision = decide(reviewer)
    assert take(reviewer).subject_id == second.id
    item = undo_decision(actor=reviewer, decision_id=decision.id)
    assert (item.subject_id, take(other).subject_id) == (first.id, second.id)
    again = give(reviewer, claim_of(item, reviewer.member_id), "accept")
    chain = list(Decision.objects.filter(item_id=item.id).order_by("id"))
    assert [each.meaning for each in chain] == [Meaning.REVIEW, Meaning.UNDO, Meaning.REVIEW]
    assert [each.supersedes_id for each in chain] == [None, chain[0].id, chain[1].id]
    assert live_decisions().get(item_id=item.id) == again


def test_an_undo_is_refused_when_it_is_late_or_somebody_went_on(owner: Actor, who: People) -> None:
    ask(owner, "1")
    submitted(owner)
    reviewer = who()
    decision = decide(reviewer)
    decide(who())
    with pytest.raises(DecidedOn), transaction.atomic():
        undo_decision(actor=reviewer, decision_id=decision.id)


def test_an_undo_after_its_time_is_refused(owner: Actor, who: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bailiwick.kernel.worklist.actions.rounds.UNDO_WITHIN", 0)
    submitted(owner)
    reviewer = who()
    with pytest.raises(UndoTooLate), transaction.atomic():
        undo_decision(actor=reviewer, decision_id=decide(reviewer).id)


def test_an_undo_withdraws_the_second_opinion_that_it_had_caused(owner: Actor, who: People) -> None:
    ask(owner, "1")
    prediction = submitted(owner)
    reviewer, other = who(), who()
    decision = decide(reviewer)
    claimed = take(other)
    undo_decision(actor=reviewer, decision_id=decision.id)
    assert items_of(prediction)[2].is_withdrawn
    with pytest.raises(LeaseLost), transaction.atomic():
        give(other, claimed)
    decide(reviewer)
    assert take(other).round == 2


def test_a_correction_that_makes_two_agree_withdraws_the_third(owner: Actor, who: People) -> None:
    ask(owner, "1")
    prediction = submitted(owner)
    first = who()
    decision = decide(first, "accept")
    decide(who(), "reject")
    correct_decision(actor=first, decision_id=decision.id, answer=Answer("reject", added=(AddedAnswer(266544),)))
    assert items_of(prediction)[3].is_withdrawn
    assert state_of(owner, prediction) == State.CONFIRMED


def make_gold(owner: Actor, prediction: Prediction) -> None:
    GoldAnswer.objects.create(prediction=prediction, verdict="reject", codes=[266544], member_id=owner.member_id)


def test_gold_is_mixed_in_unseen_and_not_counted(owner: Actor, who: People) -> None:
    ask(owner, gold="1")
    known = submitted(owner)
    decide(owner)
    make_gold(owner, known)
    submitted(owner)
    submitted(owner)
    reviewer = who()
    decide(reviewer)
    gold = take(reviewer)
    assert (gold.subject_id, is_gold(gold.round)) == (known.id, True)
    give(reviewer, gold, "accept")
    assert state_of(owner, known) == State.CONFIRMED
    assert count_decided_today(reviewer, QUEUE, now() - timedelta(hours=1)) == 1
    assert find_gold_for(reviewer) is None
    assert find_gold_for(owner) is None


def test_settings_are_the_houses_until_somebody_says_otherwise(owner: Actor, who: People) -> None:
    assert (get_settings(QUEUE).second_opinions, get_settings(QUEUE).is_first_round_blind) == (0, False)
    ask(owner, "0.2", "0.05")
    assert QueueSettings.objects.get().gold == Decimal("0.05")
    with pytest.raises(Forbidden):
        ask(who(), "1")


STEPS = ("claim", "dispute", "accept", "reject", "undo", "correct", "skip", "escalate", "release", "expire", "return")


@dataclass
class Desk:
    """What one person has in hand, and what they decided last."""

    actor: Actor
    claim: Claim | None = None
    last: Decision | None = None
    decided: set[UUID] = field(default_factory=set)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(STEPS)), min_size=10, max_size=60),
    share=st.sampled_from(["0", "0.5", "1"]),
    blind=st.booleans(),
)
def test_any_interleaving_keeps_the_record_in_order(
    owner: Actor, who: People, steps: list[tuple[int, str]], share: str, blind: bool
) -> None:
    WorkItem.objects.filter(done_at=None).update(done_at=now(), holder=None, is_withdrawn=True)
    GoldAnswer.objects.update(is_active=False)
    ask(owner, "0", "0")
    known = submitted(owner)
    decide(owner)
    make_gold(owner, known)
    ask(owner, share, "0.5", blind=blind)
    predictions = [submitted(owner) for _ in range(3)]
    desks = [Desk(who()) for _ in range(3)] + [Desk(who("submitter", "reviewer")) for _ in range(2)]
    for place, step in steps:
        try:
            with transaction.atomic():
                _take_step(desks[place], step)
        except DomainError:
            pass
        for prediction in [known, *predictions]:
            _check(prediction, is_settled_before=prediction is known)


def _take_step(desk: Desk, step: str) -> None:
    actor, claim = desk.actor, desk.claim
    if step in ("claim", "dispute"):
        desk.claim = take(actor, QUEUE if step == "claim" else DISPUTES)
    elif step == "undo" and desk.last:
        desk.claim = claim_of(undo_decision(actor=actor, decision_id=desk.last.id), actor.member_id)
    elif step == "correct" and desk.last:
        other = "accept" if desk.last.verdict == "reject" else "reject"
        answer = confirming(verdict=other) if desk.last.is_model_visible else Answer(other)
        desk.last = correct_decision(actor=actor, decision_id=desk.last.id, answer=answer)
    elif claim is None:
        return
    elif step in ("accept", "reject"):
        desk.last = give(actor, claim, step)
    elif step == "expire":
        WorkItem.objects.filter(id=claim.item_id, done_at=None).update(available_at=now() - timedelta(seconds=1))
    elif step == "return":
        return_items(actor=actor, queue_code=QUEUE, subject_id=claim.subject_id)
    else:
        given: dict[str, Any] = {"actor": actor, "token": claim.token}
        if step == "release":
            release_item(**given, queue_code=QUEUE, subject_id=claim.subject_id)
        else:
            pass_on = skip_prediction if step == "skip" else escalate_prediction
            pass_on(**given, prediction_id=claim.subject_id, reason="Because")


def _check(prediction: Prediction, *, is_settled_before: bool) -> None:
    items = items_of(prediction)
    decisions = list(Decision.objects.filter(item_id__in=[item.id for item in items.values()]))
    superseded = {decision.supersedes_id for decision in decisions}
    live = {decision.item_id: decision for decision in decisions if decision.id not in superseded}
    assert len(live) == len({decision.item_id for decision in decisions}), "a chain has two ends"
    for item in items.values():
        stands = item.id in live and live[item.id].meaning != Meaning.UNDO
        assert stands is item.is_decided, f"round {item.round}: decided is {item.is_decided}, and stands is {stands}"
    involved = {(decision.member_id, decision.item_id) for decision in decisions}
    assert len({member for member, _item in involved}) == len(involved), "somebody decided the same subject twice"
    asked = {number: item for number, item in items.items() if not is_gold(number) and not item.is_withdrawn}
    is_open = [item for item in asked.values() if item.done_at is None]
    assert len(is_open) <= 1, "two opinions on one subject are asked for at once"
    verdicts = {number: live[item.id].verdict for number, item in asked.items() if item.is_decided}
    if is_settled_before:
        assert not is_open
    elif not is_open:
        assert verdicts, "an item was lost"
        assert 2 in verdicts or not items[1].is_sampled, "the second opinion was lost"
    if {1, 2} <= verdicts.keys() and verdicts[1] != verdicts[2]:
        assert 3 in asked, "a disagreement has no third"
