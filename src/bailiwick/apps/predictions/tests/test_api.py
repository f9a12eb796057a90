"""The published contract, over HTTP."""

import json
from typing import Any

import pytest
from django.test import Client

from bailiwick.apps.predictions.models import Prediction, PredictionReason, Reason, ReasonDecision
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db

ORIGINAL = {
    "product_id": "498589",
    "rejection_reasons": [
        {
            "reason_id": 266544,
            "confidence": "High",
            "explanation": "The word “lifetime access” is not permitted; a registration may be needed.",
        }
    ],
}


@pytest.fixture
def program(organization: Any, member: Any, key_client: Any) -> Client:
    """A program with a key that may submit and audit."""
    return key_client(member(organization, "submitter", kind="program"))


@pytest.fixture
def reviewer(organization: Any, member: Any, token_client: Any) -> Client:
    return token_client(member(organization, "reviewer"))


@pytest.fixture
def second_reviewer(organization: Any, member: Any, token_client: Any) -> Client:
    return token_client(member(organization, "reviewer"))


def send(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    return client.post(path, json.dumps(body if body is not None else {}), "application/json", headers=headers)


def claim(client: Client, **narrow: Any) -> dict[str, Any]:
    return send(client, "/api/predictions/claim", narrow).json()


def answer_to(claimed: dict[str, Any], **changes: Any) -> dict[str, Any]:
    reasons = [{"reason_id": each["reason_id"], "decision": "confirmed"} for each in claimed["rejection_reasons"]]
    return {"claim_token": claimed["claim_token"], "verdict": claimed["verdict"], "reasons": reasons} | changes


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


def test_a_reviewer_claims_decides_and_gets_the_next_in_one_request(
    program: Client, reviewer: Client, organization: Any, scope: Any
) -> None:
    for number in range(2):
        send(program, "/api/predictions", ORIGINAL | {"product_id": str(number)})
    held = claim(reviewer)
    assert held["product_id"] == "0"
    assert held["lease_expires_at"]
    answer = send(reviewer, f"/api/predictions/{held['id']}/decision", answer_to(held, claim_next=True, note="clear"))
    assert answer.status_code == 201
    assert answer.json()["next"]["product_id"] == "1"
    with scope(organization):
        decision = Decision.objects.get(id=answer.json()["id"])
        assert (decision.verdict, decision.reason, decision.authenticated_by) == ("reject", "clear", "token")
        assert ReasonDecision.objects.get(decision=decision).outcome == "confirmed"
        item = WorkItem.objects.get(subject_id=held["id"])
        assert bytes(decision.content_digest) == bytes(item.content_digest)
        assert item.done_at is not None


def test_claiming_again_returns_what_i_hold_with_the_same_token(program: Client, reviewer: Client) -> None:
    for number in range(2):
        send(program, "/api/predictions", ORIGINAL | {"product_id": str(number)})
    first, again = claim(reviewer), claim(reviewer)
    assert (first["id"], first["claim_token"]) == (again["id"], again["claim_token"])


def test_nothing_left_is_204(program: Client, reviewer: Client, second_reviewer: Client) -> None:
    assert send(reviewer, "/api/predictions/claim").status_code == 204
    send(program, "/api/predictions", ORIGINAL)
    assert send(reviewer, "/api/predictions/claim").status_code == 200
    assert send(second_reviewer, "/api/predictions/claim").status_code == 204


def test_a_claim_is_narrowed_to_a_model_and_a_reason(program: Client, reviewer: Client) -> None:
    send(program, "/api/predictions", ORIGINAL | {"model": {"name": "judge", "version": "1"}})
    wanted = ORIGINAL | {"model": {"name": "judge", "version": "2"}, "product_id": "wanted"}
    send(program, "/api/predictions", wanted)
    assert send(reviewer, "/api/predictions/claim", {"reason_id": 5}).status_code == 204
    assert send(reviewer, "/api/predictions/claim", {"model": "other"}).status_code == 204
    found = claim(reviewer, model={"name": "judge", "version": "2"}, reason_id=266544)
    assert found["product_id"] == "wanted"


def test_the_same_decision_again_returns_what_is_stored(program: Client, reviewer: Client) -> None:
    send(program, "/api/predictions", ORIGINAL)
    held = claim(reviewer)
    path, body = f"/api/predictions/{held['id']}/decision", answer_to(held)
    first, again = send(reviewer, path, body), send(reviewer, path, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    changed = send(reviewer, path, body | {"verdict": "accept"})
    assert (changed.status_code, changed.json()["code"]) == (409, "decisions.already_decided")


def test_a_decision_needs_the_current_token(
    program: Client, reviewer: Client, second_reviewer: Client, organization: Any, scope: Any
) -> None:
    send(program, "/api/predictions", ORIGINAL)
    held = claim(reviewer)
    path, body = f"/api/predictions/{held['id']}/decision", answer_to(held)
    without = {name: value for name, value in body.items() if name != "claim_token"}
    missing = send(reviewer, path, without)
    assert (missing.status_code, "claim_token" in missing.json()["errors"]) == (400, True)
    assert send(reviewer, path, body | {"claim_token": "0" * 64}).status_code == 409
    assert send(second_reviewer, path, body).status_code == 409
    with scope(organization):
        assert not Decision.objects.exists()


def test_every_reason_needs_an_answer_and_no_other_is_taken(
    program: Client, reviewer: Client, organization: Any, scope: Any
) -> None:
    send(program, "/api/predictions", ORIGINAL)
    held = claim(reviewer)
    path = f"/api/predictions/{held['id']}/decision"
    missing = send(reviewer, path, answer_to(held, reasons=[]))
    assert (missing.status_code, list(missing.json()["errors"])) == (400, ["reasons.266544"])
    extra = answer_to(held)["reasons"] + [{"reason_id": 9, "decision": "confirmed"}]
    assert send(reviewer, path, answer_to(held, reasons=extra)).status_code == 400
    corrected = [{"reason_id": 266544, "decision": "confirmed", "corrected_explanation": "but why"}]
    assert send(reviewer, path, answer_to(held, reasons=corrected)).status_code == 400
    with scope(organization):
        assert not Decision.objects.exists()


def test_what_is_released_is_free_for_others_at_its_old_place(
    program: Client, reviewer: Client, second_reviewer: Client
) -> None:
    for number in range(2):
        send(program, "/api/predictions", ORIGINAL | {"product_id": str(number)})
    held = claim(reviewer)
    released = send(reviewer, f"/api/predictions/{held['id']}/release", {"claim_token": held["claim_token"]})
    assert released.status_code == 200
    late = send(reviewer, f"/api/predictions/{held['id']}/decision", answer_to(held))
    assert (late.status_code, late.json()["code"]) == (409, "worklist.lease_lost")
    assert claim(second_reviewer)["id"] == held["id"]


def test_the_list_shows_what_became_of_each(program: Client, reviewer: Client) -> None:
    for number in range(4):
        send(program, "/api/predictions", ORIGINAL | {"product_id": str(number), "confidence": 0.5 + number / 10})
    for decision in ("confirmed", "overridden"):
        held = claim(reviewer)
        reasons = [{"reason_id": 266544, "decision": decision}]
        send(reviewer, f"/api/predictions/{held['id']}/decision", answer_to(held, reasons=reasons))
    claim(reviewer)
    listed = program.get("/api/predictions/").json()["results"]
    assert [(each["product_id"], each["state"]) for each in listed] == [
        ("3", "waiting"),
        ("2", "held"),
        ("1", "overridden"),
        ("0", "confirmed"),
    ]
    for state, product in (("waiting", "3"), ("held", "2"), ("overridden", "1"), ("confirmed", "0")):
        found = program.get("/api/predictions/", {"state": state}).json()["results"]
        assert [each["product_id"] for each in found] == [product]
    assert len(program.get("/api/predictions/", {"confidence_min": "0.7"}).json()["results"]) == 2
    assert len(program.get("/api/predictions/", {"reason_id": "1"}).json()["results"]) == 0


@pytest.mark.parametrize("query", [{"state": "lost"}, {"confidence_min": "much"}, {"cursor": "zzz"}, {"stat": "held"}])
def test_a_wrong_filter_is_refused_and_named(program: Client, query: dict[str, str]) -> None:
    answer = program.get("/api/predictions/", query)
    assert answer.status_code == 400
    assert next(iter(query)) in answer.content.decode()


def test_pages_follow_each_other_without_gap(program: Client) -> None:
    for number in range(5):
        send(program, "/api/predictions", ORIGINAL | {"product_id": str(number)})
    seen, path = [], "/api/predictions/?page_size=2"
    while path:
        page = program.get(path).json()
        seen += [each["product_id"] for each in page["results"]]
        path = page["next"]
    assert seen == ["4", "3", "2", "1", "0"]


def test_rights_are_asked(program: Client, reviewer: Client, organization: Any, scope: Any) -> None:
    assert send(reviewer, "/api/predictions", ORIGINAL).status_code == 403
    assert send(program, "/api/predictions/claim").status_code == 403
    assert send(Client(), "/api/predictions", ORIGINAL).status_code == 401
    with scope(organization):
        assert not Prediction.objects.exists()
        assert Event.objects.filter(verb="access.right.refused").count() == 2


def test_statements_are_few(program: Client, reviewer: Client, count_statements: Any) -> None:
    send(program, "/api/predictions", ORIGINAL)
    send(program, "/api/predictions", ORIGINAL | {"product_id": "2"})
    with count_statements() as ingest:
        send(program, "/api/predictions", ORIGINAL | {"product_id": "3"})
    with count_statements() as review:
        held = claim(reviewer)
        send(reviewer, f"/api/predictions/{held['id']}/decision", answer_to(held))
    with count_statements() as listing:
        program.get("/api/predictions/?page_size=100")
    assert (ingest.count, review.count, listing.count) == (6, 10, 3)
