"""Bringing predictions in from a file."""

import csv
import gzip
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from bailiwick.apps.predictions.actions import imports
from bailiwick.apps.predictions.actions.imports import map_columns, open_import
from bailiwick.apps.predictions.choices import Layout
from bailiwick.apps.predictions.models import Prediction, PredictionReason, RejectedRow, TakenRow
from bailiwick.apps.predictions.rules import guess, shape
from bailiwick.apps.predictions.tests.files import (
    HEADING,
    ROWS,
    begun,
    brought,
    counts,
    finished,
    objects,
    table,
    workbook,
)
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.imports import actions as opening
from bailiwick.kernel.imports.errors import ImportStarted
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(organization: Any, member: Any) -> Any:
    return member(organization, "model-owner")


@pytest.fixture
def client(owner: Any, session_client: Any) -> Client:
    return session_client(owner)


@pytest.mark.parametrize(("make", "name"), [(table, "rows.csv"), (workbook, "rows.xlsx")])
def test_a_table_is_brought_in_and_what_is_not_in_order_is_kept_aside(
    make: Any, name: str, owner: Any, actor_of: Any, organization: Any
) -> None:
    opened = brought(actor_of(owner), make(ROWS), name)
    assert opened.job and opened.job.state == "done", opened.job and opened.job.error
    assert counts(opened) == (3, 0, 2)
    assert (opened.job.done, opened.job.total, opened.job.rejected) == (5, 5, 2)
    with enter(organization.id):
        stored = {each.product_id: each for each in Prediction.objects.select_related("model")}
        assert list(stored) == ["P-1", "P-2", "5"]
        assert [(each.verdict, str(each.confidence.normalize())) for each in stored.values()] == [
            ("reject", "0.93"),
            ("accept", "0.7"),
            ("reject", "1"),
        ]
        assert {str(each.model) for each in stored.values()} == {"judge 4.1"}
        reason = PredictionReason.objects.select_related("reason").get(prediction=stored["P-1"])
        assert (reason.reason.title, reason.confidence, reason.explanation) == (
            "Misleading claims",
            "High",
            "It promises much.",
        )
        assert WorkItem.objects.count() == 3
        rejected = {row.line: row.errors for row in RejectedRow.objects.filter(source=opened)}
        assert rejected == {
            4: {"Product ID": ["This field is required."]},
            5: {"Probability": ["Ensure this value is less than or equal to 1."]},
        }
        assert list(TakenRow.objects.order_by("id").values_list("line", "is_new")) == [(2, True), (3, True), (6, True)]


def test_what_is_wrong_is_said_in_the_language_of_whoever_began(owner: Any, actor_of: Any, organization: Any) -> None:
    with override("de"):
        opened = begun(actor_of(owner), table(ROWS))
    with override("en"):
        finished(organization.id, opened)
    with enter(organization.id):
        assert RejectedRow.objects.get(source=opened, line=4).errors == {"Product ID": ["Diese Angabe fehlt."]}


def test_rejected_rows_mended_and_sent_again_are_taken(owner: Any, actor_of: Any, organization: Any) -> None:
    actor = actor_of(owner)
    first = brought(actor, table(ROWS))
    assert first.rejected_file
    with enter(organization.id), open_content(first.rejected_file) as content:
        heading, *rows = csv.reader(io.StringIO(content.read().decode("utf-8-sig")))
    assert heading == [*HEADING, "errors"]
    assert [row[-1] for row in rows] == [
        "Product ID: This field is required.",
        "Probability: Ensure this value is less than or equal to 1.",
    ]
    rows[0][0], rows[1][2], rows[1][1] = "P-3", "0.2", "accept"
    again = brought(actor, table(rows, heading), "mended.csv")
    assert counts(again) == (2, 0, 0)
    assert again.rejected_file is None
    whole = [ROWS[0], ROWS[1], rows[0][:-1], rows[1][:-1], ROWS[4]]
    assert counts(brought(actor, table(whole))) == (0, 5, 0)


def test_objects_as_the_api_takes_them_are_recognised_as_sent_there(
    owner: Any, actor_of: Any, organization: Any, key_client: Any
) -> None:
    good = {
        "product_id": "P-1",
        "model": {"name": "judge", "version": "1"},
        "rejection_reasons": [{"reason_id": 3, "score": 0.5, "explanation": "Said so."}],
    }
    sent = key_client(owner).post("/api/predictions", good, "application/json").json()
    bad = good | {"rejection_reasons": [{"reason_id": 3}]}
    opened = brought(actor_of(owner), objects([good, bad]), "rows.jsonl")
    assert (opened.layout, counts(opened)) == (Layout.OBJECTS, (0, 1, 1))
    with enter(organization.id):
        assert str(TakenRow.objects.get().prediction_id) == sent["id"]
        assert opened.rejected_file
        with open_content(opened.rejected_file) as content:
            [kept] = [json.loads(line) for line in content]
    assert kept["errors"]["rejection_reasons.0.explanation"] == ["This field is required."]
    kept["rejection_reasons"][0] |= {"explanation": "Said so again.", "score": 0.7}
    assert counts(brought(actor_of(owner), objects([kept]), "mended.jsonl")) == (1, 0, 0)


def test_verdicts_of_a_model_are_known_by_their_columns_and_what_people_found_is_left_out(
    owner: Any, actor_of: Any, organization: Any
) -> None:
    row = {
        "product_id": "SMS-1",
        "text": "Win a prize",
        "model": "tfidf",
        "predicted_verdict": "reject",
        "reason": "Spam",
        "confidence": 0.91,
        "explanation": "decided by: win",
        "true_verdict": "accept",
    }
    fine = row | {"product_id": "SMS-2", "predicted_verdict": "accept", "reason": None}
    opened = brought(actor_of(owner), gzip.compress(objects([row, fine])), "rows.jsonl.gz")
    assert (opened.layout, counts(opened)) == (Layout.VERDICTS, (2, 0, 0))
    with enter(organization.id):
        assert list(Prediction.objects.order_by("id").values_list("external_id", "verdict")) == [
            ("SMS-1", "reject"),
            ("SMS-2", "accept"),
        ]
        reason = PredictionReason.objects.get()
        assert (str(reason.score.normalize()), reason.explanation) == ("0.91", "decided by: win")
        assert all(each.attributes == {} for each in Prediction.objects.all())


def test_a_job_that_breaks_between_chunks_goes_on_where_it_stopped(
    owner: Any, actor_of: Any, organization: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports.PREDICTIONS, "chunk", 4)
    rows = [[f"P-{number}", "accept" if number % 5 else "maybe", "", "", "", "", "", ""] for number in range(20)]
    actor, taken = actor_of(owner), []
    submit = imports.submit_predictions

    def broken(**given: Any) -> Any:
        taken.append(given)
        outcomes = submit(**given)
        if len(taken) == 3:
            raise ConnectionError
        return outcomes

    monkeypatch.setattr(imports, "submit_predictions", broken)
    opened = brought(actor, table(rows))
    assert opened.job and (opened.job.state, opened.job.done) == ("waiting", 8)
    with enter(organization.id):
        Job.objects.filter(id=opened.job_id).update(available_at=opened.job.submitted_at)
    opened = finished(organization.id, opened)
    assert opened.job and (opened.job.state, opened.job.done, counts(opened)) == ("done", 20, (16, 0, 4))
    with enter(organization.id):
        assert Prediction.objects.count() == TakenRow.objects.count() == 16
        assert list(RejectedRow.objects.order_by("id").values_list("line", flat=True)) == [2, 7, 12, 17]


def test_a_file_that_breaks_off_is_not_begun(
    owner: Any, actor_of: Any, organization: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = table([["P-1", "accept", "", "", "", "", "", ""]] * 3) + b'"P-2'
    with pytest.raises(InvalidInput), enter(organization.id):
        open_import(actor=actor_of(owner), upload=("rows.csv", io.BytesIO(broken)))
    monkeypatch.setattr(opening, "HEAD", 1)
    opened = brought(actor_of(owner), broken)
    assert opened.job and opened.job.state == "dead"
    assert "never closed" in opened.job.error
    with enter(organization.id):
        assert not Prediction.objects.exists()


def test_the_job_is_not_begun_twice(owner: Any, actor_of: Any, organization: Any, client: Client) -> None:
    opened = brought(actor_of(owner), table(ROWS))
    assert client.post(f"/predictions/import/{opened.id}/check/").status_code == 409
    with enter(organization.id), pytest.raises(ImportStarted):
        map_columns(actor=actor_of(owner), import_id=opened.id, mapping={"product_id": "Product ID"})


def test_the_same_file_by_bulk_and_by_page_gives_the_same_predictions(
    owner: Any, actor_of: Any, organization: Any, key_client: Any
) -> None:
    if not (folder := os.environ.get("BAILIWICK_SAMPLES")):
        pytest.skip("BAILIWICK_SAMPLES is not set")
    path = Path(folder) / "predictions" / "listing-moderation.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    body = objects([shape(*guess(list(rows[0]), has_objects=True), row) for row in rows])
    client = key_client(owner)
    sent = []
    for _time in range(2):
        answer = client.post("/api/predictions/bulk", body, "application/x-ndjson")
        sent.append([json.loads(line) for line in b"".join(answer.streaming_content).splitlines()])
    assert {each["status"] for each in sent[0]} == {201}
    assert {each["status"] for each in sent[1]} == {200}
    ids = [each["id"] for each in sent[0]]
    assert ids == [each["id"] for each in sent[1]]
    opened = brought(actor_of(owner), path.read_bytes(), path.name)
    assert counts(opened) == (0, len(rows), 0)
    with enter(organization.id):
        assert [str(key) for key in TakenRow.objects.order_by("id").values_list("prediction_id", flat=True)] == ids
        assert Prediction.objects.count() == len(rows)
