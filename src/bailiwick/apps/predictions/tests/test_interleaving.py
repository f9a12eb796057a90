"""Whatever people do in whatever order, the record stays in order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailiwick.apps.predictions.actions.review import (
    correct_decision,
    escalate_prediction,
    skip_prediction,
    undo_decision,
)
from bailiwick.apps.predictions.models import GoldAnswer, Prediction
from bailiwick.apps.predictions.tests.asking import DISPUTES, QUEUE, ask, decide, give, items_of, make_gold, take
from bailiwick.apps.predictions.tests.factories import confirming, submitted
from bailiwick.apps.predictions.values import Answer
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.actions import (
    release_item,
    return_items,
)
from bailiwick.kernel.worklist.claiming import Claim, claim_of
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.rules import is_gold

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


STEPS = ("claim", "dispute", "accept", "reject", "undo", "correct", "skip", "escalate", "release", "expire", "return")


@dataclass
class Desk:
    """What one person has in hand, and what they decided last."""

    actor: Actor
    claim: Claim | None = None
    last: Decision | None = None
    decided: set[UUID] = field(default_factory=set)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
