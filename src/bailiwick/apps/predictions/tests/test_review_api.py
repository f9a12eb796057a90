"""Passing on, taking back, and the queue of disputes, over HTTP."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from bailiwick.apps.predictions.manifest import MANAGE, REVIEW_QUEUE
from bailiwick.kernel.testing.factories import actor_for
from bailiwick.kernel.worklist.actions import change_settings

pytestmark = pytest.mark.django_db

REASON = {"reason_id": 266544, "confidence": "High", "explanation": "It promises access for life."}
HITS: dict[str, Any] = {"reject": {"added_reasons": [{"reason_id": 266544}]}, "accept": {}}


@pytest.fixture
def people(organization: Any, member: Any, token_client: Any) -> list[Client]:
    return [token_client(member(organization, "reviewer")) for _ in range(2)]


@pytest.fixture
def auditor(organization: Any, member: Any, token_client: Any) -> Client:
    return token_client(member(organization, "submitter"))


@pytest.fixture
def sampled(organization: Any, member: Any, scope: Any) -> None:
    """Everything is asked twice."""
    owner = actor_for(member(organization, "model-owner"))
    shares = {"second_opinions": Decimal(1), "gold": Decimal(0), "is_first_round_blind": False}
    with scope(organization):
        change_settings(actor=owner, queue=REVIEW_QUEUE, right=MANAGE, **shares)


def send(client: Client, path: str, body: Any = None) -> Any:
    return client.post(f"/api/predictions{path}", json.dumps(body or {}), "application/json")


def submit(client: Client, product: str = "P-1") -> str:
    return send(client, "", {"product_id": product, "rejection_reasons": [REASON]}).json()["id"]


def decide(client: Client, claimed: dict[str, Any], verdict: str, **more: Any) -> Any:
    body = {"claim_token": claimed["claim_token"], "verdict": verdict} | more
    return send(client, f"/{claimed['id']}/decision", body)


def test_a_skip_needs_a_reason_and_brings_the_next(program: Client, people: list[Client]) -> None:
    first, second = submit(program), submit(program, "P-2")
    claimed = send(people[0], "/claim").json()
    token = {"claim_token": claimed["claim_token"]}
    assert "reason" in str(send(people[0], f"/{first}/skip", token).json())
    answer = send(people[0], f"/{first}/skip", token | {"reason": "Not my language", "claim_next": True})
    assert answer.json()["next"]["id"] == second
    assert send(people[0], f"/{first}/skip", token | {"reason": "again"}).status_code == 409
    assert send(people[1], "/claim").json()["id"] == first


def test_an_escalation_goes_to_who_settles_disputes(program: Client, people: list[Client], auditor: Client) -> None:
    prediction = submit(program)
    claimed = send(people[0], "/claim").json()
    body = {"claim_token": claimed["claim_token"], "reason": "A legal question"}
    assert send(people[0], f"/{prediction}/escalate", body).json() == {"status": "success", "prediction": prediction}
    assert send(people[1], "/claim").status_code == 204
    assert send(people[1], "/disputes/claim").status_code == 403
    dispute = send(auditor, "/disputes/claim").json()
    assert program.get(f"/api/predictions/{prediction}").json()["state"] == "held"
    reasons = [{"reason_id": 266544, "decision": "confirmed"}]
    assert decide(auditor, dispute, "reject", reasons=reasons).status_code == 201
    assert program.get(f"/api/predictions/{prediction}").json()["state"] == "confirmed"


@pytest.mark.usefixtures("sampled")
def test_second_opinions_are_blind_and_differing_ones_are_settled(
    program: Client, people: list[Client], auditor: Client
) -> None:
    prediction = submit(program)
    first = send(people[0], "/claim").json()
    assert (first["is_blind"], first["verdict"], first["confidence"], first["rejection_reasons"]) == (
        True,
        None,
        None,
        [],
    )
    assert first["model"] is None
    assert decide(people[0], first, "reject", added_reasons=[{"reason_id": 266544}]).status_code == 201
    assert people[1].get(f"/api/predictions/{prediction}").json()["is_hidden"]
    assert people[1].get("/api/predictions?verdict=reject").json()["results"] == []
    assert len(program.get("/api/predictions?verdict=reject").json()["results"]) == 1
    second = send(people[1], "/claim").json()
    assert second["round"] == 2
    assert decide(people[1], second, "accept").status_code == 201
    assert program.get(f"/api/predictions/{prediction}").json()["state"] == "disputed"
    third = send(auditor, "/disputes/claim").json()
    assert (third["round"], third["is_blind"], third["verdict"]) == (3, False, "reject")
    reasons = [{"reason_id": 266544, "decision": "overridden"}]
    assert decide(auditor, third, "accept", reasons=reasons).status_code == 201
    shown = program.get(f"/api/predictions/{prediction}").json()
    assert (shown["state"], shown["decision"]["round"], shown["decision"]["verdict"]) == ("overridden", 3, "accept")


@pytest.mark.parametrize("state", ["waiting", "second", "disputed", "held", "confirmed", "overridden"])
@pytest.mark.usefixtures("sampled")
def test_the_list_is_narrowed_to_a_state(program: Client, people: list[Client], auditor: Client, state: str) -> None:
    """The filter and what is shown of each are worked out apart, and agree."""
    for number in range(6):
        submit(program, f"P-{number}")
    for verdict in ("reject", "accept", "reject", "accept", "accept"):
        decide(people[0], send(people[0], "/claim").json(), verdict, **HITS[verdict])
    send(people[0], "/claim")
    for verdict in ("reject", "accept", "accept"):
        decide(people[1], send(people[1], "/claim").json(), verdict, **HITS[verdict])
    send(people[1], "/claim")
    submit(program, "the last")
    every = program.get("/api/predictions/?page_size=50").json()["results"]
    wanted = {each["id"] for each in every if each["state"] == state}
    assert len(wanted) == (2 if state == "held" else 1)
    found = program.get(f"/api/predictions/?state={state}").json()["results"]
    assert {each["id"] for each in found} == wanted


def test_a_decision_is_taken_back_and_its_prediction_comes_back(program: Client, people: list[Client]) -> None:
    prediction = submit(program)
    claimed = send(people[0], "/claim").json()
    reasons = [{"reason_id": 266544, "decision": "confirmed"}]
    decision = decide(people[0], claimed, "reject", reasons=reasons).json()["id"]
    assert send(people[1], f"/decisions/{decision}/undo").status_code == 404
    again = send(people[0], f"/decisions/{decision}/undo").json()
    assert again["id"] == prediction
    assert again["claim_token"] != claimed["claim_token"]
    assert send(people[0], f"/decisions/{decision}/undo").status_code == 409
    assert decide(people[0], again, "accept", reasons=reasons).status_code == 201
    assert program.get(f"/api/predictions/{prediction}").json()["decision"]["verdict"] == "accept"


def test_a_reason_is_added_by_number_or_text(program: Client, people: list[Client]) -> None:
    prediction = submit(program)
    claimed = send(people[0], "/claim").json()
    given = {"reasons": [{"reason_id": 266544, "decision": "confirmed"}]}
    for wrong in ({"explanation": "which?"}, {"reason_id": 99}, {"reason_id": 266544}):
        assert decide(people[0], claimed, "reject", added_reasons=[wrong], **given).status_code == 400
    added = [{"reason": "Health claim", "explanation": "It cures nothing."}]
    assert decide(people[0], claimed, "reject", added_reasons=added, **given).status_code == 201
    [shown] = program.get(f"/api/predictions/{prediction}").json()["decision"]["added_reasons"]
    assert (shown["reason"], shown["explanation"]) == ("Health claim", "It cures nothing.")


def test_what_waits_is_put_first_given_back_or_moved_from_the_list(
    program: Client, people: list[Client], organization: Any, member: Any, session_client: Any
) -> None:
    first, urgent = submit(program), submit(program, "P-2")
    owner = session_client(member(organization, "model-owner"))
    path = "/rejection-reasons/"
    owner.post(path, {"do": "bulk:urgent", "row": [urgent]})
    assert send(people[0], "/claim").json()["id"] == urgent
    owner.post(path, {"do": "bulk:return", "row": [urgent]})
    assert send(people[1], "/claim").json()["id"] == urgent
    owner.post(path, {"do": "bulk:dispute", "row": [first], "reason:dispute": "Ours to decide"})
    assert program.get(f"/api/predictions/{first}").json()["state"] == "disputed"
