"""`python -m bench.acceptance`: real predictions through a running Bailiwick, by key, decided by three reviewers.

Needs `bailiwick up` (its var/demo-credentials.json, or the one named by BAILIWICK_DATA) and BAILIWICK_SAMPLES.
Exits with 1 unless each prediction was decided exactly once.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from bailiwick.runtime.places import data_folder
from bench.load import Client, run_for

COUNT = 500
LONGEST = 600.0
SAMPLE = Path("predictions") / "listing-moderation.jsonl"


def main() -> None:
    demo = json.loads((data_folder() / "demo-credentials.json").read_text())
    port = urlsplit(demo["url"]).port or 80
    rows = _read_rows()
    program = Client(port, demo["api_key"])
    begun = time.monotonic()
    ids = {_submit(program, row): row for row in rows}
    print(f"{len(ids)} predictions submitted one by one in {time.monotonic() - begun:.1f} s")
    logins = [user for user in demo["users"] if user["role"] == "reviewer"]
    reviewers = [_sign_in(port, user) for user in logins if user["organization"] == logins[0]["organization"]][:3]
    truth = {key: row["true_verdict"] for key, row in ids.items()}
    decided: Counter[str] = Counter()
    result = run_for(LONGEST, [_review(client, truth, decided) for client in reviewers])
    print(f"{result.count} decided by {len(reviewers)} reviewers at once in {result.seconds:.1f} s")
    sys.exit(_check(program, ids, decided))


def _read_rows() -> list[dict[str, Any]]:
    samples = os.environ.get("BAILIWICK_SAMPLES")
    if not samples:
        sys.exit("BAILIWICK_SAMPLES is not set: it names the folder of sample data.")
    with (Path(samples) / SAMPLE).open() as lines:
        return [json.loads(line) for line in islice(lines, COUNT)]


def _submit(client: Client, row: dict[str, Any]) -> str:
    body: dict[str, Any] = {
        "product_id": row["product_id"],
        "external_id": row["product_id"],
        "text": row["text"],
        "model": row["model"],
        "verdict": row["predicted_verdict"],
        "confidence": row["confidence"],
    }
    if row["reason"] is not None:
        reason = {"reason": row["reason"], "score": row["confidence"], "explanation": row["explanation"]}
        body["rejection_reasons"] = [reason]
    status, answer = client.send("submit", "POST", "/api/predictions", orjson.dumps(body))
    assert status in (200, 201), answer
    return str(orjson.loads(answer)["id"])


def _sign_in(port: int, user: dict[str, str]) -> Client:
    given = {"username": user["login"], "password": user["password"], "organization": user["organization"]}
    status, answer = Client(port, "").send("sign in", "POST", "/api/auth/token/", orjson.dumps(given))
    assert status == 200, answer
    return Client(port, orjson.loads(answer)["access"])


def _review(client: Client, truth: dict[str, str], decided: Counter[str]) -> Callable[[], bool]:
    """Claims and answers with the truth; a prediction that is not of the sample gets the model's own verdict."""

    def step() -> bool:
        status, body = client.send("claim", "POST", "/api/predictions/claim", b"{}")
        if status == 204:
            return False
        assert status == 200, body
        claim = orjson.loads(body)
        answer = orjson.dumps(_answer(claim, truth.get(claim["id"], claim["verdict"])))
        status, body = client.send("decide", "POST", f"/api/predictions/{claim['id']}/decision", answer)
        assert status == 201, body
        decided[claim["id"]] += 1
        return True

    return step


def _answer(claim: dict[str, Any], verdict: str) -> dict[str, Any]:
    outcome = "confirmed" if verdict == claim["verdict"] else "overridden"
    reasons = [{"reason_id": each["reason_id"], "decision": outcome} for each in claim["rejection_reasons"]]
    return {"claim_token": claim["claim_token"], "verdict": verdict, "reasons": reasons}


def _check(client: Client, ids: dict[str, dict[str, Any]], decided: Counter[str]) -> int:
    """Ask the API what became of each; returns the exit code."""
    wrong, states, members = [], Counter[str](), Counter[str]()
    for key, row in ids.items():
        status, body = client.send("read", "GET", f"/api/predictions/{key}")
        shown = orjson.loads(body)
        decision = shown.get("decision")
        states[shown.get("state", str(status))] += 1
        if not decision or decision["verdict"] != row["true_verdict"] or decision["round"] != 1 or decided[key] > 1:
            wrong.append(key)
        else:
            members[decision["member"]["name"]] += 1
    print(", ".join(f"{name}: {number}" for name, number in [*states.items(), *members.items()]))
    print(f"{len(ids) - len(wrong)} of {len(ids)} decided exactly once with the true verdict")
    return 1 if wrong or len(ids) != COUNT else 0


if __name__ == "__main__":
    main()
