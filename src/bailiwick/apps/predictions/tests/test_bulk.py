"""Many predictions in one request."""

import gzip
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils.timezone import now

from bailiwick.apps.predictions.api import bulk
from bailiwick.apps.predictions.models import Prediction, PredictionReason, Reason
from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.apps.predictions.values import NewReason
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity.models import ApiKey
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db

PATH = "/api/predictions/bulk"


@pytest.fixture
def actor(organization: Any, member: Any, actor_of: Any) -> Any:
    return actor_of(member(organization, "submitter", kind="program"))


def row(number: int, **changes: Any) -> dict[str, Any]:
    reason = {"reason": "Misleading claims", "score": 0.93, "explanation": f"Of number {number}."}
    given = {"product_id": f"P-{number}", "external_id": f"E-{number}", "rejection_reasons": [reason]}
    return given | {"model": {"name": "judge", "version": "1"}} | changes


def body(rows: Iterable[Any]) -> bytes:
    return b"".join((each if isinstance(each, bytes) else json.dumps(each).encode()) + b"\n" for each in rows)


def send(client: Client, content: bytes, **headers: str) -> Any:
    return client.post(PATH, content, "application/x-ndjson", headers=headers)


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def test_every_row_is_stored_with_its_reasons_and_queued_in_the_order_of_the_file(
    program: Client, organization: Any, scope: Any
) -> None:
    told = lines(send(program, body(row(number) for number in range(50))))
    assert [(each["line"], each["status"]) for each in told] == [(number, 201) for number in range(1, 51)]
    with scope(organization):
        stored = Prediction.objects.order_by("id").select_related("model")
        assert [(str(each.id), each.product_id) for each in stored] == [
            (each["id"], f"P-{number}") for number, each in enumerate(told)
        ]
        assert {str(each.model) for each in stored} == {"judge 1"}
        reasons = PredictionReason.objects.select_related("reason", "prediction")
        assert {(each.prediction.product_id, each.explanation) for each in reasons} == {
            (f"P-{number}", f"Of number {number}.") for number in range(50)
        }
        assert {each.reason.title for each in reasons} == {"Misleading claims"}
        items = WorkItem.objects.order_by("-priority", "queued_at", "id")
        assert [str(item.subject_id) for item in items] == [each["id"] for each in told]
        digests = {each.id: bytes(each.content_digest) for each in stored}
        assert {item.subject_id: bytes(item.content_digest) for item in items} == digests


def test_one_event_tells_of_a_chunk(program: Client, organization: Any, scope: Any) -> None:
    told = lines(send(program, body([row(1), row(2), row(3)])))
    with scope(organization):
        event = Event.objects.get(verb="predictions.predictions.submitted")
        assert event.data == {"count": 3, "first": told[0]["id"], "last": told[2]["id"]}


def test_sent_again_singly_or_in_bulk_a_row_is_recognised(program: Client, organization: Any, scope: Any) -> None:
    singly = program.post("/api/predictions", row(1), "application/json").json()
    first = lines(send(program, body([row(1), row(2)])))
    assert [each["status"] for each in first] == [200, 201]
    assert first[0]["id"] == singly["id"]
    again = lines(send(program, body([row(2), row(1)])))
    assert [(each["status"], each["id"]) for each in again] == [(200, first[1]["id"]), (200, first[0]["id"])]
    alone = program.post("/api/predictions", row(2), "application/json")
    assert (alone.status_code, alone.json()["id"]) == (200, first[1]["id"])
    with scope(organization):
        assert Prediction.objects.count() == WorkItem.objects.count() == 2


def test_a_row_twice_in_one_body_is_stored_once(program: Client, organization: Any, scope: Any) -> None:
    nameless = {"product_id": "P-9", "verdict": "accept"}
    told = lines(send(program, body([row(1), row(1), nameless, nameless, row(1, title="Other")])))
    assert [each["status"] for each in told] == [201, 200, 201, 200, 409]
    assert told[0]["id"] == told[1]["id"]
    assert "external_id" in told[4]["errors"]
    with scope(organization):
        assert Prediction.objects.count() == 2


def test_a_bad_row_spoils_no_other(program: Client, organization: Any, scope: Any) -> None:
    twice = row(4)
    twice["rejection_reasons"] = twice["rejection_reasons"] * 2
    rows = [
        row(1),
        b"{not json",
        b"",
        row(2, product_id=""),
        twice,
        [1],
        b'{"product_id": "NUL \\u0000", "verdict": "accept"}',
        b'{"product_id": "\xff", "verdict": "accept"}',
        row(3),
    ]
    told = lines(send(program, body(rows)))
    assert [(each["line"], each["status"]) for each in told] == [
        (1, 201),
        (2, 400),
        (4, 400),
        (5, 400),
        (6, 400),
        (7, 400),
        (8, 400),
        (9, 201),
    ]
    assert told[2]["errors"] == {"product_id": ["This field may not be blank."]}
    assert told[3]["errors"] == {"rejection_reasons": ["A reason may occur once in a prediction."]}
    with scope(organization):
        assert list(Prediction.objects.order_by("id").values_list("product_id", flat=True)) == ["P-1", "P-3"]


def test_errors_of_a_row_are_those_of_a_single_submission(program: Client) -> None:
    wrong = row(1, verdict="maybe", confidence=2, rejection_reasons=[{"reason_id": -1}], link="ftp://x.example")
    alone = program.post("/api/predictions", wrong, "application/json").json()
    [told] = lines(send(program, body([wrong])))
    assert (told["status"], told["errors"]) == (alone["status"], alone["errors"])


def test_a_text_gets_the_next_free_number_though_the_last_one_is_taken(
    program: Client, organization: Any, scope: Any
) -> None:
    given = {"confidence": "High", "explanation": "Said so."}
    codes = [given | {"reason_id": code} for code in (5, 2**63 - 1)]
    told = lines(send(program, body([row(1, rejection_reasons=[*codes, given | {"reason": "New"}]), row(2)])))
    assert [each["status"] for each in told] == [201, 201]
    with scope(organization):
        assert dict(Reason.objects.filter(code__lt=9).values_list("title", "code")) == {
            "Reason 5": 5,
            "New": 6,
            "Misleading claims": 7,
        }


@pytest.mark.parametrize("size", [5, 30])
def test_gzip_is_taken(program: Client, size: int) -> None:
    packed = gzip.compress(body(row(number) for number in range(size)))
    told = lines(send(program, packed, **{"Content-Encoding": "gzip"}))
    assert [each["status"] for each in told] == [201] * size


def test_damaged_gzip_is_refused_as_a_whole(program: Client, organization: Any, scope: Any) -> None:
    for packed in (b"no gzip at all", gzip.compress(body(row(n) for n in range(20)))[:-20]):
        answer = send(program, packed, **{"Content-Encoding": "gzip"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert send(program, b"{}", **{"Content-Encoding": "br"}).status_code == 400
    with scope(organization):
        assert not Prediction.objects.exists()


def test_limits_are_kept(program: Client, organization: Any, scope: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "LONGEST_LINE", 500)
    told = lines(send(program, body([row(1), row(2, text="long " * 200), row(3)])))
    assert [(each["line"], each["status"]) for each in told] == [(1, 201), (2, 413), (3, 201)]
    monkeypatch.setattr(bulk, "LARGEST", 300)
    for headers, content in (
        ({}, body(map(row, range(9)))),
        ({"Content-Encoding": "gzip"}, gzip.compress(body(map(row, range(9))))),
    ):
        answer = send(program, content, **headers)
        assert (answer.status_code, answer.json()["status"]) == (413, 413)


def test_what_ends_the_body_too_late_is_the_last_line(
    program: Client, organization: Any, scope: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_ROWS", 4)
    monkeypatch.setattr(bulk, "MOST_LINES", 10)
    told = lines(send(program, body(map(row, range(12)))))
    assert [each["status"] for each in told] == [201] * 10 + [413]
    assert "line" not in told[-1]
    with scope(organization):
        assert Prediction.objects.count() == 10


@pytest.mark.parametrize("credential", ["session_client", "token_client", "key_client"])
def test_the_right_is_asked_of_every_credential(
    request: pytest.FixtureRequest, organization: Any, member: Any, credential: str
) -> None:
    client_of = request.getfixturevalue(credential)
    assert lines(send(client_of(member(organization, "model-owner")), body([row(1)])))[0]["status"] == 201
    assert send(client_of(member(organization, "reviewer")), body([row(2)])).status_code == 403
    assert send(Client(), body([row(2)])).status_code == 401


def test_a_key_that_is_revoked_meanwhile_ends_the_answer(
    program: Client, organization: Any, scope: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_ROWS", 2)
    answer = send(program, body(map(row, range(4))))
    parts = iter(answer.streaming_content)
    assert [each["status"] for each in map(json.loads, next(parts).splitlines())] == [201, 201]
    with scope(organization):
        ApiKey.objects.update(revoked_at=now())
    [last] = [json.loads(part) for part in parts]
    assert last["status"] == 401
    with scope(organization):
        assert Prediction.objects.count() == 2


def test_merged_reasons_are_found_as_what_they_were_merged_into(
    program: Client, organization: Any, scope: Any, actor: Any
) -> None:
    with scope(organization):
        target = Reason.objects.create(code=7, title="Misleading claims", is_confirmed=True)
        Reason.objects.create(code=3, title="Wrong promises", merged_into=target)
        alone = submitted(actor, reasons=(NewReason("Said so.", "High", title="wrong PROMISES"),))
        assert [each.reason_id for each in PredictionReason.objects.filter(prediction=alone)] == [target.id]
    old = {"confidence": "High", "explanation": "Said so."}
    rows = [
        row(1, rejection_reasons=[old | {"reason_id": 3}]),
        row(2, rejection_reasons=[old | {"reason": "Wrong promises"}]),
        row(3, rejection_reasons=[old | {"reason_id": 3}, old | {"reason_id": 7}]),
    ]
    assert [each["status"] for each in lines(send(program, body(rows)))] == [201, 201, 400]
    with scope(organization):
        assert set(PredictionReason.objects.values_list("reason_id", flat=True)) == {target.id}


def test_what_came_before_its_reasons_were_merged_is_recognised_still(
    program: Client, organization: Any, scope: Any
) -> None:
    both = [{"reason_id": code, "confidence": "High", "explanation": "Said so."} for code in (3, 7)]
    sent = row(1, rejection_reasons=both)
    [first] = lines(send(program, body([sent])))
    with scope(organization):
        Reason.objects.filter(code=3).update(merged_into=Reason.objects.get(code=7))
    [again] = lines(send(program, body([sent])))
    assert (again["status"], again["id"]) == (200, first["id"])
    assert program.post("/api/predictions", sent, "application/json").json()["id"] == first["id"]


@pytest.mark.django_db(transaction=True)
def test_the_same_rows_in_opposite_order_at_once_neither_wait_for_each_other_nor_are_stored_twice(
    organization: Any, member: Any, key_client: Any, scope: Any
) -> None:
    clients = [key_client(owner) for owner in [member(organization, "submitter", kind="program")] * 2]
    rows = [
        row(number, rejection_reasons=[{"reason": f"Reason {number % 7}", "score": 0.5, "explanation": "Said so."}])
        | {"model": f"judge {number % 5}"}
        for number in range(600)
    ]

    def work(client: Client, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        try:
            return lines(send(client, body(rows)))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(work, clients, [rows, rows[::-1]])
    assert [each["id"] for each in one] == [each["id"] for each in reversed(other)]
    assert sorted({each["status"] for each in one + other}) == [200, 201]
    assert sum(each["status"] == 201 for each in one + other) == len(rows)
    with scope(organization):
        assert Prediction.objects.count() == WorkItem.objects.count() == len(rows)
        assert Reason.objects.count() == 7
        assert PredictionReason.objects.count() == len(rows)


@pytest.mark.django_db(transaction=True)
def test_whoever_went_away_sends_the_same_again_and_everything_is_recognised(
    program: Client, organization: Any, scope: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_ROWS", 2)
    rows = body(map(row, range(6)))
    answer = send(program, rows)
    first = [json.loads(line) for line in next(iter(answer.streaming_content)).splitlines()]
    answer.close()
    again = lines(send(program, rows))
    assert [each["status"] for each in again] == [200, 200, 201, 201, 201, 201]
    assert [each["id"] for each in again[:2]] == [each["id"] for each in first]
