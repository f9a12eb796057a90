"""`python -m bench.acceptance`: real predictions through a running Bailiwick that is killed piece by piece meanwhile.

Needs BAILIWICK_SAMPLES. Starts an installation of its own; all rows go in by bulk twice, by page and by command; three
reviewers decide them all at once with a fifth of second opinions, and an auditor settles what they differ about.
Exits with 1 unless every round has exactly one live decision and every disagreement a third.
"""

import os
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from zlib import crc32

import orjson
import psycopg

from bailiwick.runtime.servers import choose_servers
from bench.installation import Installation, Killer
from bench.load import run_for
from bench.visitor import Program, Visitor

SAMPLE = Path("predictions") / "listing-moderation.jsonl"
PORT = 8490
LONGEST = 1200.0
IMPORTED_WITHIN = 120.0
WRONG_OF_A_HUNDRED = 8
"""So often a reviewer errs, so that there is something to differ about."""


def main() -> None:
    rows = [orjson.loads(line) for line in _sample().read_bytes().splitlines()]
    folder = Path(mkdtemp(prefix="bailiwick-acceptance-"))
    installation = Installation(folder / "var", PORT)
    installation.start()
    killer = Killer(installation, every=float(os.environ.get("BAILIWICK_KILL_EVERY", "3")))
    killer.start()
    try:
        _take_in(installation, rows)
        _review(installation, {row["product_id"]: row["true_verdict"] for row in rows})
        killer.end()
        print("killed:", ", ".join(f"{piece} {count} times" for piece, count in killer.killed.items()))
        faults = _check(installation, len(rows))
    finally:
        killer.is_over.set()
        installation.stop()
    shutil.rmtree(folder)
    sys.exit(1 if faults else 0)


def _sample() -> Path:
    samples = os.environ.get("BAILIWICK_SAMPLES")
    if not samples:
        sys.exit("BAILIWICK_SAMPLES is not set: it names the folder of sample data.")
    return Path(samples) / SAMPLE


def _users(installation: Installation, role: str) -> list[dict[str, str]]:
    users = [user for user in installation.demo["users"] if user["organization"] == "aldermoor"]
    return [user for user in users if user["role"] == role]


def _take_in(installation: Installation, rows: list[dict[str, Any]]) -> None:
    owner = _users(installation, "model-owner")[0]
    visitor = Visitor(installation.port)
    visitor.sign_in(owner)
    visitor.submit("/predictions/settings/", {"second_opinions": "20", "gold": "0"})
    program = Program(installation.port, installation.demo["api_key"])
    first, second = _bulk(program, rows), _bulk(program, rows)
    print(f"bulk: {len(first)} rows, then again {len(second)} with the same ids: {first == second}")
    assert first == second
    print("page:", _import_by_page(visitor, _sample()))
    done = installation.run("predictions", "import", str(_sample()), *_as(owner), "--wait")
    print("command:", " ".join(done.stdout.split()[-24:]), done.stderr[-400:])
    assert done.returncode == 0, done.stdout + done.stderr


def _as(user: dict[str, str]) -> list[str]:
    return ["--organization", user["organization"], "--login", user["login"]]


def _bulk(program: Program, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Product and id of each row; sent again until the answer is whole."""
    body = b"\n".join(orjson.dumps(_published(row)) for row in rows)
    status, answer = program.send("POST", "/api/predictions/bulk", body, "application/x-ndjson")
    assert status == 200, answer
    told = [orjson.loads(line) for line in answer.splitlines()]
    assert [each["line"] for each in told] == list(range(1, len(rows) + 1)), "a line was not answered"
    assert {each["status"] for each in told} <= {200, 201}, Counter(each["status"] for each in told)
    return {row["product_id"]: each["id"] for row, each in zip(rows, told, strict=True)}


def _published(row: dict[str, Any]) -> dict[str, Any]:
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
    return body


def _import_by_page(visitor: Visitor, sample: Path) -> str:
    where = visitor.submit("/predictions/import/", {}, file=(sample.name, sample.read_bytes()))
    where = visitor.submit(where, {})
    where = visitor.submit(where, {})
    deadline = time.monotonic() + IMPORTED_WITHIN
    while "Count anew" in (page := visitor.get(where)[1]):
        assert time.monotonic() < deadline, "the import does not end"
        time.sleep(0.5)
    counts = re.findall(r'<th scope="row">([^<]+)</th><td class="num"><a class="fig" href="[^"]+">([\d,]+)', page)
    return ", ".join(f"{name}: {number}" for name, number in counts)


def _review(installation: Installation, truth: dict[str, str]) -> None:
    program = Program(installation.port)
    reviewers = [program.sign_in(user) for user in _users(installation, "reviewer")]
    auditor = program.sign_in(_users(installation, "model-owner")[0])
    decided: Counter[str] = Counter()
    steps = [_decide(caller, truth, decided, place) for place, caller in enumerate(reviewers)]
    result = run_for(LONGEST, steps)
    print(f"{result.count} decided by {len(reviewers)} reviewers at once in {result.seconds:.1f} s")
    settled = run_for(LONGEST, [_decide(auditor, truth, decided, None)])
    print(f"{settled.count} disagreements settled in {settled.seconds:.1f} s")


def _decide(caller: Program, truth: dict[str, str], decided: Counter[str], place: int | None) -> Callable[[], bool]:
    """Claims and answers with the truth, or now and then without; the auditor, who has no place, never errs."""
    path = "/api/predictions/claim" if place is not None else "/api/predictions/disputes/claim"

    def step() -> bool:
        status, body = caller.send("POST", path, b"{}")
        if status == 204:
            return False
        assert status == 200, body
        claim = orjson.loads(body)
        verdict = truth.get(claim["product_id"], "reject")
        if place is not None and crc32(f"{place}{claim['product_id']}".encode()) % 100 < WRONG_OF_A_HUNDRED:
            verdict = "accept" if verdict == "reject" else "reject"
        answer = orjson.dumps(_answer(claim, verdict))
        status, body = caller.send("POST", f"/api/predictions/{claim['id']}/decision", answer)
        # An answer that got lost with its server was stored: then the claim is over, and the next one comes.
        assert status in (200, 201, 409), body
        decided[claim["id"]] += status == 201
        return True

    return step


def _answer(claim: dict[str, Any], verdict: str) -> dict[str, Any]:
    outcome = "confirmed" if verdict == claim["verdict"] else "overridden"
    reasons = [{"reason_id": each["reason_id"], "decision": outcome} for each in claim["rejection_reasons"]]
    return {"claim_token": claim["claim_token"], "verdict": verdict, "reasons": reasons}


COUNTS = """
WITH live AS (
    SELECT d.* FROM decisions_decision d WHERE NOT EXISTS (
        SELECT FROM decisions_decision later WHERE later.supersedes_id = d.id)
), asked AS (
    SELECT i.*, (SELECT count(*) FROM live WHERE live.item_id = i.id AND live.meaning <> 'undo') AS stands
      FROM worklist_workitem i JOIN predictions_prediction p ON p.id = i.subject_id
      JOIN tenancy_organization o ON o.id = i.organization_id AND o.slug = 'aldermoor' WHERE NOT i.is_withdrawn
), pairs AS (
    SELECT one.subject_id, a.verdict <> b.verdict AS differ,
           EXISTS (SELECT FROM asked third WHERE third.subject_id = one.subject_id AND third.round = 3) AS has_third
      FROM asked one JOIN asked two ON two.subject_id = one.subject_id AND two.round = 2
      JOIN live a ON a.item_id = one.id JOIN live b ON b.item_id = two.id WHERE one.round = 1
)
SELECT (SELECT count(DISTINCT subject_id) FROM asked) AS predictions,
       (SELECT count(*) FROM asked) AS rounds,
       (SELECT count(*) FROM asked WHERE stands <> 1 OR done_at IS NULL) AS "rounds without exactly one live decision",
       (SELECT count(*) FROM asked WHERE round = 1 AND is_sampled) AS "in the sample",
       (SELECT count(*) FROM pairs) AS "second opinions",
       (SELECT count(*) FROM pairs WHERE differ) AS disagreements,
       (SELECT count(*) FROM pairs WHERE differ <> has_third) AS "disagreements without a third, or the reverse",
       (SELECT count(*) FROM (SELECT FROM asked JOIN decisions_decision d ON d.item_id = asked.id
         GROUP BY asked.subject_id, d.member_id HAVING count(DISTINCT asked.id) > 1) twice) AS "decided twice by one",
       (SELECT count(*) FROM jobs_job WHERE finished_at IS NULL AND kind = 'predictions.import') AS "jobs not ended"
"""
NONE = (
    "rounds without exactly one live decision",
    "disagreements without a third, or the reverse",
    "decided twice by one",
    "jobs not ended",
)


def _check(installation: Installation, count: int) -> list[str]:
    """Ask the database, as its owner, what became of everything."""
    postgres = choose_servers(installation.data).postgres
    assert postgres
    with psycopg.connect(postgres.owner_url) as connection:
        cursor = connection.execute(COUNTS)
        assert cursor.description
        found = dict(zip((column.name for column in cursor.description), cursor.fetchone() or (), strict=True))
    for name, number in found.items():
        print(f"{number:8} {name}")
    faults = [name for name in NONE if found[name]]
    if found["predictions"] != 2 * count or found["second opinions"] != found["in the sample"]:
        faults.append("numbers")
    print("faults:", ", ".join(faults) or "none")
    return faults


if __name__ == "__main__":
    main()
