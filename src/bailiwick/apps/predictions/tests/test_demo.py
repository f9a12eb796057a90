"""The demo organisation is one that people could have worked in."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.utils.timezone import now

from bailiwick.apps.predictions.choices import State
from bailiwick.apps.predictions.demo.catalogue import POLICIES, UNCONFIRMED
from bailiwick.apps.predictions.demo.history import History, Team
from bailiwick.apps.predictions.demo.rows import Rows
from bailiwick.apps.predictions.models import (
    AddedReason,
    GoldAnswer,
    ModelVersion,
    Prediction,
    PredictionReason,
    Reason,
    ReasonDecision,
)
from bailiwick.apps.predictions.queries.records import list_records
from bailiwick.apps.predictions.queries.statistics import Scope, get_statistics
from bailiwick.apps.predictions.tests.asking import DISPUTES, QUEUE, take
from bailiwick.apps.predictions.tests.test_interleaving import _check
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.demo import seed
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for
from bailiwick.kernel.web.models import SavedView
from bailiwick.kernel.worklist.models import QueueSettings, WorkItem
from bailiwick.kernel.worklist.rules import is_gold


@pytest.fixture
def kranich(db: None) -> Iterator[Organization]:
    """The organisation that the demo fills, with its scope entered."""
    seed("http://localhost:8000")
    organization = Organization.objects.get(slug="kranich")
    with enter(organization.id):
        yield organization


def somebody(name: str) -> Actor:
    return actor_for(Member.objects.get(name=name))


def test_every_record_is_in_order_and_nothing_is_in_the_future(kranich: Organization) -> None:
    predictions = list(Prediction.objects.all())
    assert len({prediction.title for prediction in predictions}) == 300
    for prediction in predictions:
        _check(prediction, is_settled_before=False)
    items = {item.id: item for item in WorkItem.objects.all()}
    arrived = {prediction.id: prediction.received_at for prediction in predictions}
    for item in items.values():
        assert arrived[item.subject_id] <= item.queued_at < now()
        assert item.done_at is None or item.queued_at < item.done_at < now()
        assert item.round != 1 or item.is_sampled == (item.draw < QueueSettings.objects.get().second_opinions)
    for decision in Decision.objects.all():
        item = items[decision.item_id]
        asked = item.queued_at + timedelta(seconds=decision.seconds_spent)
        assert asked <= decision.decided_at < now()
        assert decision.member_id not in item.excluded
        assert bytes(decision.content_digest) == bytes(item.content_digest)
        assert decision.is_model_visible is not item.is_blind


def test_every_reason_of_the_model_is_answered_once(kranich: Organization) -> None:
    given: dict[Any, set[Any]] = {}
    for row in PredictionReason.objects.all():
        given.setdefault(row.prediction_id, set()).add(row.id)
    subjects = dict(WorkItem.objects.values_list("id", "subject_id"))
    said = Counter(ReasonDecision.objects.values_list("decision_id", flat=True))
    holds = Counter(ReasonDecision.objects.filter(outcome="confirmed").values_list("decision_id", flat=True))
    holds += Counter(AddedReason.objects.values_list("decision_id", flat=True))
    for decision in Decision.objects.exclude(meaning=Meaning.UNDO):
        assert said[decision.id] == len(given.get(subjects[decision.item_id], ()))
        assert bool(holds[decision.id]) is (decision.verdict == "reject")
    assert not ReasonDecision.objects.filter(outcome="confirmed").exclude(corrected_explanation="").exists()


def test_explanations_quote_the_text(kranich: Organization) -> None:
    for row in PredictionReason.objects.select_related("prediction"):
        phrase = row.explanation.split("“")[1].split("”")[0]
        assert phrase in row.prediction.text
    languages = Counter(
        attributes["Language"] for attributes in Prediction.objects.values_list("attributes", flat=True)
    )
    assert set(languages) == {"English", "Deutsch", "Polski"}


def test_there_is_something_of_everything(kranich: Organization) -> None:
    states = Counter(
        each.state
        for each in list_records(somebody("Hanna Brandt"), list(Prediction.objects.values_list("id", flat=True)))
    )
    assert states[State.HELD] == 1
    assert states[State.DISPUTED] == 3
    assert states[State.WAITING] + states[State.SECOND] + states[State.HELD] + states[State.DISPUTED] == 40
    assert states[State.SECOND] == 4
    assert min(states[State.CONFIRMED], states[State.OVERRIDDEN]) > 60
    opinions = Counter(Decision.objects.values_list("meaning", flat=True))
    assert opinions[Meaning.CORRECTION] == 4 and opinions[Meaning.UNDO] == 1
    late = WorkItem.objects.filter(done_at=None, due_at__lt=now()).count()
    soon = WorkItem.objects.filter(done_at=None, due_at__gt=now(), due_at__lt=now() + timedelta(hours=4)).count()
    assert late >= 7 and soon >= 9
    answered = [item for item in WorkItem.objects.filter(done_at__isnull=False) if is_gold(item.round)]
    assert GoldAnswer.objects.count() == 5 and len(answered) == 15
    unconfirmed = set(Reason.objects.filter(is_confirmed=False).values_list("code", flat=True))
    assert unconfirmed == set(UNCONFIRMED)
    added = AddedReason.objects.filter(reason__is_confirmed=False)
    assert set(added.values_list("reason__code", flat=True)) == unconfirmed


def test_it_is_the_same_history_at_every_hour_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bailiwick.apps.predictions.demo.rows.get_secret", lambda _purpose: b"a key")
    midnight = now().replace(hour=0, minute=3)
    told = [tell(midnight + timedelta(hours=hours)) for hours in (0, 5, 12, 19)]
    for rows in told[1:]:
        assert [each.verdict for each in rows[Decision]] == [each.verdict for each in told[0][Decision]]
        assert {model: len(each) for model, each in rows.items()} == {
            model: len(each) for model, each in told[0].items()
        }


def tell(moment: datetime) -> dict[Any, list[Any]]:
    """The rows of a history that ends at a moment."""
    everybody = [Member(id=uuid4(), name=name) for name in ("owner", "auditor", "a", "b", "c", "d", "program")]
    owner, auditor, *reviewers, program = everybody
    numbers = [*(policy.code for policy in POLICIES), *UNCONFIRMED]
    reasons = {code: Reason(id=uuid4(), code=code) for code in numbers}
    versions = {number: ModelVersion(id=uuid4()) for number in ("4.1", "4.2")}
    rows = Rows(program, reasons, versions, Decimal("0.2"))
    History(Random(2020), moment, Team(owner, auditor, reviewers), rows).tell()
    for item in rows.made[WorkItem]:
        assert item.queued_at < moment
        assert item.done_at is None or item.queued_at <= item.claimed_at < item.done_at < moment
    assert max(decision.decided_at for decision in rows.made[Decision]) < moment
    return rows.made


def test_people_go_on_where_it_ends(kranich: Organization) -> None:
    first = take(somebody("Lena Voss"), QUEUE)
    assert first is not None and not first.is_blind
    assert PredictionReason.objects.filter(prediction_id=first.subject_id).count() > 1
    assert take(somebody("Piotr Zieliński"), DISPUTES) is not None
    assert SavedView.objects.filter(list_name="predictions:list", is_shared=True).count() == 2
    assert not Prediction.objects.exclude(organization=kranich).exists()


def test_the_newer_version_is_the_better_one(kranich: Organization) -> None:
    owner = somebody("Hanna Brandt")

    def quality(version: str, is_sampled: bool) -> Any:
        figures = get_statistics(owner, Scope().of_model("listing-judge", version))
        return figures.sampled if is_sampled else figures.other

    older, newer = quality("4.1", False), quality("4.2", False)
    assert older.accuracy.n > 60 < newer.accuracy.n
    assert newer.accuracy.value > older.accuracy.value + 0.1
    assert newer.brier < older.brier
    assert newer.calibration_error < older.calibration_error
    reviewers = {each.who.name: each for each in get_statistics(owner, Scope()).reviewers}
    assert len(reviewers) == 5
    assert all(reviewers[name].gold.n >= 3 for name in reviewers if name != "Piotr Zieliński")
