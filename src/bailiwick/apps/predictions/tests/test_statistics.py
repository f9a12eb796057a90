"""The statistics are what counting everything anew gives, whenever some of it is counted ahead."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.apps.predictions.actions.review import correct_decision, decide_prediction, undo_decision
from bailiwick.apps.predictions.actions.tallies import count_piece
from bailiwick.apps.predictions.choices import State
from bailiwick.apps.predictions.models import (
    GoldAnswer,
    Prediction,
)
from bailiwick.apps.predictions.queries.records import list_records
from bailiwick.apps.predictions.queries.statistics import Scope, get_statistics
from bailiwick.apps.predictions.queries.statistics.figures import Statistics
from bailiwick.apps.predictions.tests.asking import DISPUTES, QUEUE, ask, decide, make_gold, take
from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.apps.predictions.values import AddedAnswer, Answer, NewReason, ReasonAnswer
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import live_decisions
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.testing.sealing import wait_for_horizon
from bailiwick.kernel.worklist.claiming import Claim, claim_of
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.rules import is_gold

pytestmark = pytest.mark.django_db(transaction=True)

DECIDED = (State.CONFIRMED, State.OVERRIDDEN)
REASONS = (NewReason("It promises access for life.", "High", code=266544), NewReason("It heals.", "Low", code=266572))


@dataclass
class Desk:
    """What one person has in hand, and what they decided last."""

    actor: Actor
    claim: Claim | None = None
    last: Decision | None = None
    answers: list[Answer] = field(default_factory=list)


@pytest.fixture
def who(organization: Any) -> Callable[..., Actor]:
    return lambda *roles: actor_for(new_member(organization, *(roles or ("reviewer",))))


@pytest.fixture
def owner(who: Any) -> Actor:
    return who("model-owner", "reviewer")


@pytest.mark.parametrize(("seed", "share"), [(0, "1"), (1, "0.5"), (2, "0"), (3, "1"), (4, "0.5")])
def test_figures_are_those_of_a_naive_recount_after_anything_and_counted_at_any_moment(
    seed: int, share: str, organization: Any, scope: Any, who: Any, owner: Actor
) -> None:
    chance = random.Random(seed)
    with scope(organization):
        known = submitted(owner)
        decide(owner)
        make_gold(owner, known)
        ask(owner, share, "0.3", blind=seed == 3)
        for number in range(16):
            _submit(owner, chance, number)
    desks = [Desk(who()) for _ in range(3)] + [Desk(who("submitter", "reviewer")) for _ in range(2)]
    for _ in range(140):
        with scope(organization):
            _step(chance.choice(desks), chance)
        if chance.random() < 0.15:
            with scope(organization):
                count_piece()
        if chance.random() < 0.1:
            with scope(organization):
                _compare(owner)
    with scope(organization):
        _compare(owner)
        statistics = get_statistics(owner, Scope())
        assert statistics.decided > 1
        assert statistics.agreement.n > 0 or share != "1"
    _count_up(scope, organization)
    with scope(organization):
        _compare(owner)


def _count_up(scope: Any, organization: Any) -> None:
    """Count until a piece is empty: nothing is counted twice."""
    wait_for_horizon()
    with scope(organization):
        count_piece()
    with scope(organization):
        assert count_piece() == 0


def _submit(owner: Actor, chance: random.Random, number: int) -> None:
    verdict = chance.choice(["accept", "reject"])
    submitted(
        owner,
        verdict=verdict,
        confidence=None if number % 5 == 0 else Decimal(chance.randrange(0, 101)) / 100,
        model_name=chance.choice(["judge", "judge", ""]),
        model_version=chance.choice(["1", "2"]),
        reasons=REASONS[: chance.randrange(3)] if verdict == "reject" else (),
    )


def _step(desk: Desk, chance: random.Random) -> None:
    try:
        with transaction.atomic():
            what = chance.choice(["take", "dispute", "decide", "decide", "decide", "undo", "correct", "expire"])
            if what in ("take", "dispute"):
                desk.claim = take(desk.actor, QUEUE if what == "take" else DISPUTES)
            elif what == "undo" and desk.last:
                desk.claim = claim_of(undo_decision(actor=desk.actor, decision_id=desk.last.id), desk.actor.member_id)
            elif what == "correct" and desk.last:
                item = WorkItem.objects.get(id=desk.last.item_id)
                answer = _answer(item.subject_id, not desk.last.is_model_visible, chance)
                desk.last = correct_decision(actor=desk.actor, decision_id=desk.last.id, answer=answer)
            elif what == "decide":
                desk.claim = desk.claim or take(desk.actor, chance.choice([QUEUE, QUEUE, DISPUTES]))
                if desk.claim:
                    desk.last, desk.claim = _give(desk, chance), None
            elif desk.claim and what == "expire":
                WorkItem.objects.filter(id=desk.claim.item_id, done_at=None).update(
                    available_at=now() - timedelta(seconds=1)
                )
    except DomainError:
        pass


def _give(desk: Desk, chance: random.Random) -> Decision:
    assert desk.claim
    answer = _answer(desk.claim.subject_id, desk.claim.is_blind, chance)
    given = {"prediction_id": desk.claim.subject_id, "token": desk.claim.token, "answer": answer}
    return decide_prediction(actor=desk.actor, **given).decision


def _answer(prediction_id: Any, is_blind: bool, chance: random.Random) -> Answer:
    [standing] = list_records(_EVERYTHING, [prediction_id])
    verdict = chance.choice(["accept", "reject", "reject"])
    added = (AddedAnswer(title="Something else"),) if chance.random() < 0.2 else ()
    if is_blind:
        return Answer(verdict, added=added)
    codes = [each["reason_id"] for each in standing.record.given_reasons]
    outcomes = tuple(ReasonAnswer(code, chance.choice(["confirmed", "overridden"])) for code in codes)
    return Answer(verdict, outcomes, added=added)


class _Everything:
    def may(self, right: Any) -> bool:
        return True


_EVERYTHING: Any = _Everything()


def _compare(owner: Actor) -> None:
    for scope in (Scope(), Scope(received_since=datetime(2000, 1, 1, tzinfo=UTC))):
        _compare_in(owner, scope)


def _compare_in(owner: Actor, scope: Scope) -> None:
    """The first is answered from tallies, the second from what was decided itself."""
    found = get_statistics(owner, scope)
    every = list_records(owner, list(Prediction.objects.values_list("id", flat=True)))
    sampled = dict(WorkItem.objects.filter(round=1).values_list("subject_id", "is_sampled"))
    for is_sampled, quality in ((True, found.sampled), (False, found.other)):
        rows = [each for each in every if each.state in DECIDED and sampled[each.record.id] == is_sampled]
        _compare_quality(quality, rows)
    assert {state: n for state, n in found.work.by_state.items() if n} == Counter(
        each.state for each in every if each.state not in DECIDED
    )
    assert sum(day.n for day in found.days) == found.decided
    _compare_people(found)


def _compare_quality(quality: Any, rows: list[Any]) -> None:
    said = [(each.record.verdict, each.outcome.verdict) for each in rows]
    assert quality.accuracy.n == len(rows)
    assert quality.accuracy.hits == sum(one == other for one, other in said)
    assert quality.unchanged == sum(each.state == State.CONFIRMED for each in rows)
    assert {pair: quality.count(*pair) for pair in said} == Counter(said)
    stated = [each for each in rows if each.record.confidence is not None]
    assert [each.n for each in quality.bins] == [
        sum(min(int(each.record.confidence * 10), 9) == number for each in stated) for number in range(10)
    ]
    if stated:
        off = [float(each.record.confidence) - (each.record.verdict == each.outcome.verdict) for each in stated]
        assert quality.brier == pytest.approx(sum(each * each for each in off) / len(off))
    else:
        assert quality.brier is None
    assert {str(model): each.accuracy.n for model, each in quality.by_model} == Counter(
        each.record.model for each in rows
    )
    given = Counter(
        (reason["reason_id"], reason["decision"]) for each in rows for reason in orjson.loads(each.record.reasons)
    )
    given += Counter((reason["reason_id"], "added") for each in rows for reason in orjson.loads(each.outcome.added))
    counted = {
        (each.code, outcome): n
        for each in quality.reasons
        for outcome, n in (
            ("confirmed", each.confirmed),
            ("overridden", each.overridden),
            ("added", each.added),
        )
    }
    assert +Counter(counted) == given


def _compare_people(found: Statistics) -> None:
    items = {item.id: item for item in WorkItem.objects.all()}
    live = [each for each in live_decisions() if each.meaning != "undo"]
    plain = [each for each in live if not is_gold(each.round)]
    opinions = Counter(each.member_id for each in plain)
    assert {each.who.id: each.opinions for each in found.reviewers if each.opinions} == opinions
    seconds: Counter[Any] = Counter()
    for each in plain:
        chain = Decision.objects.filter(item_id=each.item_id, meaning="review", id__lte=each.id)
        seconds[each.member_id] += chain.order_by("-id")[0].seconds_spent
    assert {each.who.id: each.seconds for each in found.reviewers if each.seconds} == +seconds
    answers = dict(GoldAnswer.objects.values_list("prediction_id", "verdict"))
    gold = [
        (each.member_id, answers[items[each.item_id].subject_id] == each.verdict) for each in live if each.round > 3
    ]
    assert sum(each.gold.n for each in found.reviewers) == len(gold)
    assert sum(each.gold.hits for each in found.reviewers) == sum(hit for _member, hit in gold)
    by_subject: dict[Any, dict[int, Decision]] = {}
    for each in plain:
        by_subject.setdefault(items[each.item_id].subject_id, {})[each.round] = each
    pairs = [(each[1].verdict, each[2].verdict) for each in by_subject.values() if {1, 2} <= each.keys()]
    assert found.agreement.n == len(pairs) == sum(pair.agreement.n for pair in found.pairs)
    assert found.agreement.agreed.hits == sum(one == other for one, other in pairs)
