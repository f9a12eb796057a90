"""Predictions whose answer is known, and how the review is worked."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from bailiwick.apps.predictions.actions.gold import add_gold, pause_gold, resume_gold
from bailiwick.apps.predictions.actions.review import decide_prediction
from bailiwick.apps.predictions.errors import NotDecided
from bailiwick.apps.predictions.manifest import MANAGE, REVIEW_QUEUE
from bailiwick.apps.predictions.models import GoldAnswer, Reason
from bailiwick.apps.predictions.tests.factories import confirming, submitted
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.queries import list_events
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.worklist.actions import change_settings, claim_next
from bailiwick.kernel.worklist.models import QueueSettings
from bailiwick.kernel.worklist.queries import get_settings

pytestmark = pytest.mark.django_db

QUEUE = "predictions.review"


@pytest.fixture
def owner(organization: Any, member: Any) -> Any:
    return member(organization, "model-owner")


@pytest.fixture
def reviewer(organization: Any, member: Any) -> Any:
    return member(organization, "reviewer")


@pytest.fixture
def decided(organization: Any, owner: Any, reviewer: Any, actor_of: Any, scope: Any) -> Any:
    """A prediction that the reviewer has confirmed."""
    with scope(organization):
        prediction = submitted(actor_of(owner), title="The golden one")
        actor = actor_of(reviewer)
        claim = claim_next(actor=actor, queue_code=QUEUE)
        assert claim is not None
        decide_prediction(actor=actor, prediction_id=prediction.id, token=claim.token, answer=confirming())
        return prediction


def test_a_decided_prediction_becomes_gold_once(
    decided: Any, owner: Any, actor_of: Any, organization: Any, scope: Any
) -> None:
    actor = actor_of(owner)
    with scope(organization):
        gold = add_gold(actor=actor, prediction_id=decided.id, verdict="accept", codes=[266544, 266544], note="Asked.")
        assert (gold.verdict, gold.codes, gold.is_active) == ("accept", [266544], True)
        assert [event.verb for event in list_events(gold.id)] == ["predictions.gold.added"]
        with pytest.raises(InvalidInput), transaction.atomic():
            add_gold(actor=actor, prediction_id=decided.id, verdict="reject", codes=[])
        assert GoldAnswer.objects.count() == 1


def test_what_is_undecided_or_names_an_unknown_reason_is_refused(
    decided: Any, owner: Any, reviewer: Any, actor_of: Any, organization: Any, scope: Any
) -> None:
    actor = actor_of(owner)
    with scope(organization):
        waiting = submitted(actor)
        with pytest.raises(NotDecided), transaction.atomic():
            add_gold(actor=actor, prediction_id=waiting.id, verdict="reject", codes=[])
        with pytest.raises(InvalidInput), transaction.atomic():
            add_gold(actor=actor, prediction_id=decided.id, verdict="reject", codes=[99])
        with pytest.raises(Forbidden), transaction.atomic():
            add_gold(actor=actor_of(reviewer), prediction_id=decided.id, verdict="reject", codes=[])


def test_gold_is_paused_and_resumed(decided: Any, owner: Any, actor_of: Any, organization: Any, scope: Any) -> None:
    actor = actor_of(owner)
    with scope(organization):
        gold = add_gold(actor=actor, prediction_id=decided.id, verdict="reject", codes=[])
        for change, is_active in ((pause_gold, False), (pause_gold, False), (resume_gold, True)):
            change(actor=actor, gold_id=gold.id)
            gold.refresh_from_db()
            assert gold.is_active is is_active
        verbs = [event.verb.rpartition(".")[2] for event in list_events(gold.id)]
        assert verbs == ["added", "paused", "resumed"]


def test_the_page_proposes_the_decision_and_takes_further_reasons(
    decided: Any, owner: Any, organization: Any, scope: Any, session_client: Any
) -> None:
    client = session_client(owner)
    with scope(organization):
        Reason.objects.create(code=7, title="Health claim", is_confirmed=True)
    path = f"/predictions/{decided.id}/gold/"
    assert 'value="266544" checked' in client.get(path).content.decode()
    unknown = {"verdict": "reject", "codes": ["266544"], "further": ["Nothing"]}
    refused = client.post(path, unknown)
    assert refused.status_code == 422
    assert "no confirmed reason “Nothing”" in refused.content.decode()
    given = {"verdict": "reject", "codes": ["266544"], "further": ["Health claim", ""], "note": "The seller said so."}
    assert client.post(path, given).status_code == 302
    with scope(organization):
        gold = GoldAnswer.objects.get()
        assert gold.codes == [7, 266544]
    assert "The golden one" in client.get("/predictions/gold/").content.decode()
    assert client.post(f"/predictions/gold/{gold.id}/switch/").status_code == 302
    assert "Paused" in client.get("/predictions/gold/").content.decode()
    client.post("/predictions/gold/", {"do": "bulk:resume", "row": [str(gold.id)]})
    with scope(organization):
        assert GoldAnswer.objects.get().is_active
    client.post("/predictions/gold/", {"do": "bulk:pause", "row": [str(gold.id)]})
    with scope(organization):
        assert not GoldAnswer.objects.get().is_active


def test_gold_is_shown_to_who_manages_and_to_nobody_else(
    decided: Any, owner: Any, reviewer: Any, actor_of: Any, organization: Any, scope: Any, session_client: Any
) -> None:
    with scope(organization):
        add_gold(actor=actor_of(owner), prediction_id=decided.id, verdict="accept", codes=[], note="The truth.")
    path = f"/predictions/{decided.id}/"
    assert "The truth." in session_client(owner).get(path).content.decode()
    page = session_client(reviewer).get(path).content.decode()
    assert "The truth." not in page
    assert "known verdict" not in page
    assert session_client(reviewer).get("/predictions/gold/").status_code == 403


def test_the_settings_page_stores_shares_in_percent(
    owner: Any, reviewer: Any, organization: Any, scope: Any, session_client: Any
) -> None:
    client = session_client(owner)
    given = {"second_opinions": "12.5", "gold": "3", "is_first_round_blind": "on"}
    assert client.post("/predictions/settings/", given).status_code == 302
    with scope(organization):
        stored = get_settings(QUEUE)
        assert (stored.second_opinions, stored.gold) == (Decimal("0.125"), Decimal("0.03"))
        assert stored.is_first_round_blind
    page = client.get("/predictions/settings/").content.decode()
    assert 'value="12.5"' in page
    assert 'value="3"' in page
    assert client.post("/predictions/settings/", given | {"gold": "101"}).status_code == 422
    assert session_client(reviewer).post("/predictions/settings/", given).status_code == 403
    with scope(organization):
        assert QueueSettings.objects.count() == 1


def test_gold_in_my_hands_looks_like_any_other_prediction(
    decided: Any,
    owner: Any,
    reviewer: Any,
    member: Any,
    actor_of: Any,
    organization: Any,
    scope: Any,
    session_client: Any,
) -> None:
    manager, second = actor_of(owner), member(organization, "reviewer")
    shares = {"second_opinions": Decimal(0), "gold": Decimal(1), "is_first_round_blind": False}
    with scope(organization):
        add_gold(actor=manager, prediction_id=decided.id, verdict="accept", codes=[], note="The truth.")
        change_settings(actor=manager, queue=REVIEW_QUEUE, right=MANAGE, **shares)
        submitted(manager, title="An ordinary one")
        claim = claim_next(actor=actor_of(second), queue_code=QUEUE)
        assert claim is not None
        form = {"prediction": str(claim.subject_id), "claim_token": claim.token}
    client = session_client(second)
    answer = {"verdict": "reject", "outcome-266544": "confirmed", "note": ""}
    page = client.post("/review/decide/", form | answer, headers={"HX-Request": "true"}).content.decode()
    assert "The golden one" in page
    record = client.get(f"/predictions/{decided.id}/").content.decode()
    assert "Held by me" in record
    for text in (page, record):
        for secret in ("The truth.", "Opinions", "Gold", reviewer.name):
            assert secret not in text
    with scope(organization):
        held = claim_next(actor=actor_of(second), queue_code=QUEUE)
        assert held is not None
        form = {"prediction": str(held.subject_id), "claim_token": held.token}
    assert client.post("/review/escalate/", form | {"why": "policy"}).status_code == 302
    assert reviewer.name in client.get(f"/predictions/{decided.id}/").content.decode()
