"""Claiming, deciding and giving back, over HTTP."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.apps.predictions.models import ReasonDecision
from bailiwick.apps.predictions.tests.published import ORIGINAL, answer_to, claim, send
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db


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
