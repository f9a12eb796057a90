"""The published contract, over HTTP: what is listed, for whom, and in how few statements."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.tests.published import ORIGINAL, answer_to, claim, send
from bailiwick.kernel.audit.models import Event

pytestmark = pytest.mark.django_db


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
    assert (ingest.count, review.count, listing.count) == (6, 11, 4)
