"""Real predictions of a real model, read in place."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def predictions() -> list[dict[str, Any]]:
    folder = os.environ.get("BAILIWICK_SAMPLES")
    if not folder:
        pytest.skip("BAILIWICK_SAMPLES is not set")
    lines = (Path(folder) / "predictions" / "listing-moderation.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines[:200]]


def payload(row: dict[str, Any]) -> dict[str, Any]:
    reason = {"reason": row["reason"], "score": row["confidence"], "explanation": row["explanation"]}
    return {
        "external_id": row["product_id"],
        "product_id": row["product_id"],
        "text": row["text"],
        "model": row["model"],
        "verdict": row["predicted_verdict"],
        "confidence": row["confidence"],
        "rejection_reasons": [reason] if row["reason"] else [],
    }


def test_real_predictions_come_back_as_they_were_sent(
    predictions: list[dict[str, Any]], organization: Any, member: Any, key_client: Any
) -> None:
    client = key_client(member(organization, "submitter", kind="program"))
    for row in predictions:
        assert client.post("/api/predictions", payload(row), "application/json").status_code == 201
    for row in predictions:
        assert client.post("/api/predictions", payload(row), "application/json").status_code == 200
    listed, path = [], "/api/predictions/?page_size=200"
    while path:
        page = client.get(path).json()
        listed, path = listed + page["results"], page["next"]
    assert [each["product_id"] for each in reversed(listed)] == [row["product_id"] for row in predictions]
    sent = {row["product_id"]: row for row in predictions}
    for each in listed:
        row = sent[each["product_id"]]
        assert (each["text"], each["verdict"], each["confidence"]) == (
            row["text"],
            row["predicted_verdict"],
            row["confidence"],
        )
        assert [reason["reason"] for reason in each["rejection_reasons"]] == ([row["reason"]] if row["reason"] else [])
