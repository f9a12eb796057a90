"""`python -m bench.scripted`: three scripted reviewers decide the shared predictions; what they did, and what is told.

Needs BAILIWICK_SAMPLES. Writes every row that was decided (var/check/decisions.json) and the answer of the API
(var/check/statistics.json), for bench/check_statistics.py to compare.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson

from bench.load import Client, run_for
from bench.stage import ROOT, Place, Stage

SAMPLE = Path("predictions") / "listing-moderation.jsonl"
TARGET = ROOT / "var" / "check"
LONGEST = 900.0
WRONG, UNDONE, ADDED, GOLD = 8, 3, 4, 2
"""Of a hundred: how often a reviewer errs, takes a decision back, adds a reason, and what becomes gold."""
ROWS = """
SELECT json_build_object(
  'predictions', (SELECT json_agg(json_build_object('id', p.id, 'verdict', p.verdict, 'confidence', p.confidence,
      'model', p.model_id)) FROM predictions_prediction p WHERE p.organization_id = %(of)s),
  'items', (SELECT json_agg(json_build_object('id', i.id, 'subject', i.subject_id, 'round', i.round, 'sampled',
      i.is_sampled, 'done', i.done_at IS NOT NULL, 'withdrawn', i.is_withdrawn))
      FROM worklist_workitem i WHERE i.organization_id = %(of)s),
  'decisions', (SELECT json_agg(json_build_object('id', d.id, 'item', d.item_id, 'member', d.member_id, 'verdict',
      d.verdict, 'meaning', d.meaning, 'supersedes', d.supersedes_id, 'seconds', d.seconds_spent, 'at', d.decided_at))
      FROM decisions_decision d WHERE d.organization_id = %(of)s),
  'said', (SELECT json_agg(json_build_object('decision', r.decision_id, 'outcome', r.outcome, 'reason', c.code))
      FROM predictions_reasondecision r JOIN predictions_predictionreason g ON g.id = r.prediction_reason_id
      JOIN predictions_reason c ON c.id = g.reason_id WHERE r.organization_id = %(of)s),
  'added', (SELECT json_agg(json_build_object('decision', a.decision_id, 'reason', c.code))
      FROM predictions_addedreason a JOIN predictions_reason c ON c.id = a.reason_id WHERE a.organization_id = %(of)s),
  'gold', (SELECT json_agg(json_build_object('prediction', g.prediction_id, 'verdict', g.verdict))
      FROM predictions_goldanswer g WHERE g.organization_id = %(of)s))::text
"""


def main() -> None:
    sample = Path(os.environ.get("BAILIWICK_SAMPLES") or sys.exit("BAILIWICK_SAMPLES is not set.")) / SAMPLE
    rows = [orjson.loads(line) for line in sample.read_bytes().splitlines()]
    truth = {row["product_id"]: row["true_verdict"] for row in rows}
    TARGET.mkdir(parents=True, exist_ok=True)
    with Stage() as stage:
        place = stage.place(0, "bench_scripted")
        place.run("-m", "bench.scripted", "settings", place.people["organization"], place.people["program"])
        program = place.client(place.people["key"])
        for row in rows:
            status, body = program.send("", "POST", "/api/predictions/", orjson.dumps(_published(row)))
            assert status == 201, body
        print(f"{len(rows)} submitted")
        _decide_all(place, truth)
        program = place.client(place.people["key"])
        _status, answer = program.send("", "GET", "/api/predictions/statistics/")
        (TARGET / "statistics.json").write_bytes(answer)
        (TARGET / "decisions.json").write_text(_rows(place))
        place.run("-m", "bench.statistics", "count", place.people["organization"])
        _status, counted = program.send("", "GET", "/api/predictions/statistics/")
        told, again = (orjson.loads(each) | {"as_of": ""} for each in (answer, counted))
        print("the same after counting:", told == again)


def _rows(place: Place) -> str:
    import psycopg

    with psycopg.connect(place.superuser_url) as connection:
        [text] = connection.execute(ROWS, {"of": place.people["organization"]}).fetchone() or ("",)
        return str(text)


def _published(row: dict[str, Any]) -> dict[str, Any]:
    body = {name: row[name] for name in ("product_id", "text", "model", "confidence")}
    body["verdict"] = row["predicted_verdict"]
    if row["reason"] is not None:
        reason = {"reason": row["reason"], "score": row["confidence"], "explanation": row["explanation"]}
        body["rejection_reasons"] = [reason]
    return body


def _decide_all(place: Place, truth: dict[str, str]) -> None:
    """The first third, then gold is made of some of it and mixed into the rest; the auditor settles disputes."""
    reviewers = place.reviewers(3)
    for most in (len(truth) // 9, len(truth) * 9):
        steps = [_decider(client, truth, number, most) for number, client in enumerate(reviewers)]
        print(f"{run_for(LONGEST, steps).count} decided")
        place.run("-m", "bench.scripted", "gold", place.people["organization"], place.people["program"])
    auditor = place.client(place.people["key"])
    print(f"{run_for(LONGEST, [_decider(auditor, truth, None, 10**6)]).count} settled")


def _decider(client: Client, truth: dict[str, str], place: int | None, most: int) -> Callable[[], bool]:
    path = "/api/predictions/claim/" if place is not None else "/api/predictions/disputes/claim/"
    done = 0

    def step() -> bool:
        nonlocal done
        status, body = client.send("", "POST", path, b"{}") if done < most else (204, b"")
        if status == 204:
            return False
        claim = orjson.loads(body)
        chance = crc32(f"{place} {claim['product_id']}".encode()) % 100
        decision = _give(client, claim, truth[claim["product_id"]], chance if place is not None else 99)
        if place is not None and chance >= 100 - UNDONE:
            status, body = client.send("", "POST", f"/api/predictions/decisions/{decision}/undo/", b"{}")
            assert status == 200, body
            _give(client, orjson.loads(body), truth[claim["product_id"]], 99)
        done += 1
        return True

    return step


def _give(client: Client, claim: dict[str, Any], verdict: str, chance: int) -> str:
    if chance < WRONG:
        verdict = "accept" if verdict == "reject" else "reject"
    answer: dict[str, Any] = {"claim_token": claim["claim_token"], "verdict": verdict}
    if WRONG <= chance < WRONG + ADDED:
        answer["added_reasons"] = [{"reason": "Something else"}]
    if not claim["is_blind"]:
        outcome = "confirmed" if verdict == claim["verdict"] else "overridden"
        answer["reasons"] = [
            {"reason_id": each["reason_id"], "decision": outcome} for each in claim["rejection_reasons"]
        ]
    status, body = client.send("", "POST", f"/api/predictions/{claim['id']}/decision/", orjson.dumps(answer))
    assert status == 201, body
    return str(orjson.loads(body)["id"])


def settings(organization: str, member: str) -> None:
    """A fifth judged twice, and gold now and then."""
    from decimal import Decimal

    from bailiwick.apps.predictions.manifest import MANAGE, REVIEW_QUEUE
    from bailiwick.kernel.worklist.actions import change_settings

    shares = {"second_opinions": Decimal("0.2"), "gold": Decimal("0.05"), "is_first_round_blind": False}
    with _owner(organization, member) as actor:
        change_settings(actor=actor, queue=REVIEW_QUEUE, right=MANAGE, **shares)


def gold(organization: str, member: str) -> None:
    """Make some of what is decided gold, with what people said."""
    from bailiwick.apps.predictions.actions.gold import add_gold
    from bailiwick.apps.predictions.models import GoldAnswer, Prediction
    from bailiwick.apps.predictions.queries.records import list_records

    with _owner(organization, member) as actor:
        every = list_records(actor, list(Prediction.objects.order_by("id").values_list("id", flat=True)))
        decided = [each for each in every if each.outcome and each.state in ("confirmed", "overridden")]
        chosen = [each for each in decided if crc32(each.record.product_id.encode()) % 100 < GOLD]
        for each in chosen if not GoldAnswer.objects.exists() else []:
            assert each.outcome
            add_gold(actor=actor, prediction_id=each.record.id, verdict=each.outcome.verdict, codes=[])


def _owner(organization: str, member: str) -> Any:
    """The program, with all that a model owner may."""
    from contextlib import contextmanager
    from uuid import UUID

    from bailiwick.kernel.access.actors import Actor
    from bailiwick.kernel.access.queries import rights_of
    from bailiwick.kernel.tenancy.scope import enter

    @contextmanager
    def acting() -> Any:
        with enter(UUID(organization), member_id=UUID(member)):
            yield Actor(
                UUID(organization), UUID(member), "owner", "program", "system", rights=rights_of(("model-owner",))
            )

    return acting()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        import django

        django.setup()
        {"settings": settings, "gold": gold}[sys.argv[1]](*sys.argv[2:])
