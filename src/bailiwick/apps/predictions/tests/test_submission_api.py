"""What programs submit, over HTTP: taken whole, recognised, or refused with every fault named."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.apps.predictions.models import Prediction, PredictionReason, Reason
from bailiwick.apps.predictions.tests.published import ORIGINAL, send
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/predictions", "/api/predictions/"])
def test_the_original_payload_is_stored_with_its_reason_and_queued(
    program: Client, organization: Any, scope: Any, path: str
) -> None:
    answer = send(program, path, ORIGINAL)
    assert answer.status_code == 201
    assert answer.json() == {"status": "success", "id": answer.json()["id"]}
    with scope(organization):
        prediction = Prediction.objects.get(id=answer.json()["id"])
        assert (prediction.product_id, prediction.verdict) == ("498589", "reject")
        [reason] = PredictionReason.objects.filter(prediction=prediction).select_related("reason")
        assert (reason.reason.code, reason.confidence, reason.score) == (266544, "High", None)
        assert WorkItem.objects.get(subject_id=prediction.id).done_at is None
        assert Event.objects.filter(subject_id=prediction.id, verb="predictions.prediction.submitted").count() == 1


def test_every_wrong_field_is_named_and_nothing_is_stored(program: Client, organization: Any, scope: Any) -> None:
    body = {
        "product_id": "",
        "verdict": "perhaps",
        "confidence": 1.5,
        "link": "javascript:alert(1)",
        "rejection_reasons": [{"confidence": "Sure", "explanation": ""}],
    }
    answer = send(program, "/api/predictions", body)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    named = " ".join(answer.json()["errors"])
    for field in ("product_id", "verdict", "confidence", "link", "rejection_reasons"):
        assert field in named
    with scope(organization):
        assert not Prediction.objects.exists()
        assert not Reason.objects.exists()


@pytest.mark.parametrize("body", ["[]", '"x"', "null", "{", '{"product_id": "a\\u0000b"}', '{"product_id": NaN}', ""])
def test_a_body_of_another_form_is_refused_clearly(program: Client, body: str) -> None:
    answer = program.post("/api/predictions", body, "application/json")
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_sent_again_it_is_recognised(program: Client, organization: Any, scope: Any) -> None:
    first, again = send(program, "/api/predictions", ORIGINAL), send(program, "/api/predictions/", ORIGINAL)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    with scope(organization):
        assert Prediction.objects.count() == WorkItem.objects.count() == 1


def test_an_external_id_with_another_body_is_refused(program: Client, organization: Any, scope: Any) -> None:
    named = ORIGINAL | {"external_id": "A-1"}
    assert send(program, "/api/predictions", named).status_code == 201
    assert send(program, "/api/predictions", named).status_code == 200
    other = send(program, "/api/predictions", named | {"title": "Other"})
    assert other.status_code == 409
    assert other.json()["code"] == "predictions.external_id_taken"
    with scope(organization):
        assert Prediction.objects.count() == 1


def test_two_members_may_use_the_same_external_id(
    program: Client, organization: Any, member: Any, key_client: Any
) -> None:
    other = key_client(member(organization, "submitter", kind="program"))
    named = ORIGINAL | {"external_id": "A-1"}
    ids = {send(client, "/api/predictions", named).json()["id"] for client in (program, other)}
    assert len(ids) == 2


def test_an_acceptance_needs_no_reason_and_a_rejection_does(program: Client) -> None:
    assert send(program, "/api/predictions", {"product_id": "1", "verdict": "accept"}).status_code == 201
    refused = send(program, "/api/predictions", {"product_id": "1", "rejection_reasons": []})
    assert refused.status_code == 400
    assert "rejection_reasons" in refused.json()["errors"]


def test_a_reason_given_as_text_is_looked_up_or_added_unconfirmed(
    program: Client, organization: Any, scope: Any
) -> None:
    with scope(organization):
        Reason.objects.create(code=7, title="Health claim", is_confirmed=True)
    texts = [
        {"reason": "health CLAIM", "score": 0.95, "explanation": "heals"},
        {"reason": "Missing imprint", "score": 0.3, "explanation": "no address"},
    ]
    assert send(program, "/api/predictions", {"product_id": "1", "rejection_reasons": texts}).status_code == 201
    with scope(organization):
        assert list(Reason.objects.order_by("code").values_list("code", "title", "is_confirmed")) == [
            (7, "Health claim", True),
            (8, "Missing imprint", False),
        ]
        words = PredictionReason.objects.order_by("position").values_list("confidence", flat=True)
        assert list(words) == ["High", "Low"]


def test_a_reason_occurs_once_in_a_prediction(program: Client) -> None:
    twice = ORIGINAL | {"rejection_reasons": ORIGINAL["rejection_reasons"] * 2}
    answer = send(program, "/api/predictions", twice)
    assert answer.status_code == 400
    assert "rejection_reasons" in answer.json()["errors"]


def test_the_model_is_a_name_or_a_name_with_a_version(program: Client) -> None:
    send(program, "/api/predictions", ORIGINAL | {"model": "judge"})
    send(program, "/api/predictions", ORIGINAL | {"model": {"name": "judge", "version": "4.2"}})
    listed = program.get("/api/predictions/").json()["results"]
    assert [each["model"] for each in listed] == [
        {"name": "judge", "version": "4.2"},
        {"name": "judge", "version": ""},
    ]
