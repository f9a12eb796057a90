"""Submitting predictions one by one, by key."""

from collections.abc import Callable
from itertools import count

import orjson

from bench.load import Client, Pairs, empty, p95, run_for
from bench.report import Report
from bench.stage import CLIENTS, Stage

BACKLOG = 50_000
ROUNDS = 20
MOST_EMPTY_REQUESTS = 3


def submit(client: Client, numbers: "count[int]") -> Callable[[], bool]:
    """A prediction with two reasons, new each time."""

    def step() -> bool:
        status, body = client.send("submit", "POST", "/api/predictions", payload(next(numbers)))
        assert status == 201, body
        return True

    return step


def payload(number: int) -> bytes:
    reasons = [
        {"reason_id": 1 + (number + each) % 20, "confidence": "High", "score": 0.93, "explanation": "It promises much."}
        for each in range(2)
    ]
    return orjson.dumps(
        {
            "product_id": f"N-{number}",
            "external_id": f"bench-{number}",
            "model": {"name": "judge", "version": "1"},
            "verdict": "reject",
            "confidence": 0.93,
            "title": f"A new listing, number {number}",
            "text": "What the seller says of the product. " * 8,
            "rejection_reasons": reasons,
        }
    )


def run(stage: Stage, report: Report) -> None:
    place = stage.place(BACKLOG)
    clients = [place.client(place.people["key"]) for _ in range(CLIENTS)]
    numbers, pair = count(), Pairs()
    for turn in range(ROUNDS + 1):
        floor = run_for(0.4, [empty(client) for client in clients]).each
        value = run_for(0.8, [submit(client, numbers) for client in clients]).each
        if turn:
            pair.add(value, floor)
        else:
            for client in clients:
                client.seconds.clear()
    name = f"single ingest, {CLIENTS} clients by key"
    report.add(name, 1 / pair.value, "requests/s", floor=1 / pair.floor, ratio=pair.ratio, target=MOST_EMPTY_REQUESTS)
    report.add("  p95 of submit", p95([value for client in clients for value in client.seconds["submit"]]), "ms")
    step = submit(clients[0], numbers)
    each, _seen = place.statements(lambda: sum(step() for _ in range(50)))
    report.add("  statements a submission", each, "statements")
