"""Second and third opinions, gold, undo: whatever happens in whatever order, the record stays in order."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from bailiwick.apps.predictions.actions.review import (
    correct_decision,
    decide_prediction,
    escalate_prediction,
    skip_prediction,
    undo_decision,
)
from bailiwick.apps.predictions.choices import State
from bailiwick.apps.predictions.models import AddedReason, Reason, ReasonDecision
from bailiwick.apps.predictions.queries.records import list_records
from bailiwick.apps.predictions.queries.rounds import find_gold_for, list_passed, list_rounds
from bailiwick.apps.predictions.tests.asking import (
    DISPUTES,
    QUEUE,
    ask,
    decide,
    give,
    items_of,
    make_gold,
    state_of,
    take,
)
from bailiwick.apps.predictions.tests.factories import confirming, submitted
from bailiwick.apps.predictions.values import AddedAnswer, Answer
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import live_decisions
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.actions import (
    prioritise_items,
    return_items,
)
from bailiwick.kernel.worklist.claiming import claim_of
from bailiwick.kernel.worklist.errors import DecidedOn, LeaseLost, NothingToPass, UndoTooLate
from bailiwick.kernel.worklist.models import QueueSettings
from bailiwick.kernel.worklist.queries import count_decided_today, get_settings
from bailiwick.kernel.worklist.rules import draw, is_gold

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
