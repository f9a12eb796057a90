"""Claiming and deciding over HTTP."""

import statistics
from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson

from bench import same
from bench.load import Client, Pairs, empty, p95, run_for
from bench.report import Report
from bench.stage import CLIENTS, Place, Stage

SIZES = (5_000, 50_000, 1_000_000)
ROUNDS = 9
MOST_STATEMENTS = 12
MOST_EMPTY_REQUESTS = 6
MOST_GROWTH = 1.3
ONCE = """
SELECT count(*), count(DISTINCT d.item_id), count(*) FILTER (WHERE w.done_at IS NULL)
  FROM decisions_decision d JOIN worklist_workitem w ON w.id = d.item_id
"""


def review(client: Client, decided: list[UUID]) -> Callable[[], bool]:
    """Claim, confirm every reason, and note what was decided; stops when nothing is left."""

    def step() -> bool:
        status, body = client.send("claim", "POST", "/api/predictions/claim", b"{}")
        if status == 204:
            return False
        assert status == 200, body
        claim = orjson.loads(body)
        status, body = client.send("decide", "POST", f"/api/predictions/{claim['id']}/decision", answer(claim))
        assert status == 201, body
        decided.append(claim["id"])
        return True

    return step


def answer(claim: dict[str, Any]) -> bytes:
    reasons = [{"reason_id": each["reason_id"], "decision": "confirmed"} for each in claim["rejection_reasons"]]
    return orjson.dumps({"claim_token": claim["claim_token"], "verdict": claim["verdict"], "reasons": reasons})


def run(stage: Stage, report: Report) -> None:
    places = [stage.place(size) for size in SIZES]
    clients = {place.name: place.reviewers() for place in places}
    decided: dict[str, list[UUID]] = {place.name: [] for place in places}
    pairs = {place.name: Pairs() for place in places}
    growth: dict[str, list[float]] = {place.name: [] for place in places}
    for turn in range(ROUNDS + 1):
        seconds = {}
        for place in places:
            mine = clients[place.name]
            floor = run_for(0.6, [empty(client) for client in mine]).each
            seconds[place.name] = run_for(1.2, [review(client, decided[place.name]) for client in mine]).each
            if turn:  # the first warms up
                pairs[place.name].add(seconds[place.name], floor)
            else:
                for client in mine:
                    client.seconds.clear()
        for name, value in seconds.items():
            growth[name].append(value / seconds[places[0].name])
    for size, place in zip(SIZES, places, strict=True):
        _report(report, size, place, clients[place.name], pairs[place.name])
        steps = [same.review(place, number, decided[place.name]) for number in range(CLIENTS)]
        report.add(f"  the same SQL from psycopg, {size:,} pending", 1 / run_for(1.5, steps).each, "reviews/s")
        _check_once(report, size, place, decided[place.name])
    for size, place in zip(SIZES[1:], places[1:], strict=True):
        ratio = statistics.median(growth[place.name][1:])
        name = f"claim+decide, {size:,} against {SIZES[0]:,}"
        milliseconds = pairs[place.name].value * 1000
        floor = pairs[places[0].name].value * 1000
        report.add(name, milliseconds, "ms", floor=floor, ratio=ratio, target=MOST_GROWTH)
    _count_statements(report, places[-1])


def _report(report: Report, size: int, place: Place, clients: list[Client], pair: Pairs) -> None:
    name = f"claim+decide, {size:,} pending"
    report.add(name, 1 / pair.value, "reviews/s", floor=1 / pair.floor, ratio=pair.ratio, target=MOST_EMPTY_REQUESTS)
    for label in ("empty", "claim", "decide"):
        times = [value for client in clients for value in client.seconds[label]]
        report.add(f"  p95 of {label}, {size:,} pending", p95(times), "ms")


def _check_once(report: Report, size: int, place: Place, decided: list[UUID]) -> None:
    [(decisions, items, undone)] = place.query(ONCE)
    wrong = abs(decisions - len(decided)) + abs(items - len(decided)) + abs(len(set(decided)) - len(decided)) + undone
    report.add(f"  not decided exactly once, {size:,} pending", wrong, f"of {len(decided)}", target=0)


def _count_statements(report: Report, place: Place) -> None:
    [client] = place.reviewers(1)
    step = review(client, [])

    def work() -> int:
        return sum(step() for _ in range(100))

    each, _seen = place.statements(work)
    report.add("claim+decide, statements a review", each, "statements", target=MOST_STATEMENTS)
