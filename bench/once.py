"""Five thousand items over HTTP, leases of two seconds, some reviewers who walk away: each is decided exactly once."""

import time
from collections.abc import Callable
from uuid import UUID

import orjson

from bench.load import Client, run_for
from bench.report import Report
from bench.review import ONCE, answer
from bench.stage import Stage

BACKLOG = 5_000
LEASE = 2
DILIGENT, ABSENT = 12, 4
LONGEST = 300.0
OPEN = "SELECT count(*) FROM worklist_workitem WHERE organization_id = %s AND done_at IS NULL"


def run(stage: Stage, report: Report) -> None:
    place = stage.place(BACKLOG, "bench_once", BENCH_LEASE=str(LEASE))
    clients = place.reviewers(DILIGENT + ABSENT)
    decided: list[UUID] = []
    late = {"taken over": 0, "decided late": 0}
    steps = [diligent(client, decided) for client in clients[:DILIGENT]]
    steps += [absent(client, decided, late) for client in clients[DILIGENT:]]
    result = run_for(LONGEST, steps)
    [(decisions, items, undone)] = place.query(ONCE)
    [(still_open,)] = place.query(OPEN, place.people["organization"])
    wrong = abs(decisions - BACKLOG) + abs(items - BACKLOG) + abs(len(set(decided)) - BACKLOG) + undone + still_open
    report.add(
        "handed out once, items not decided exactly once", wrong + len(decided) - BACKLOG, f"of {BACKLOG}", target=0
    )
    report.add("  abandoned claims that another decided", late["taken over"], "claims")
    report.add("  abandoned claims that nobody had taken", late["decided late"], "claims")
    report.add("  time for all", result.seconds, "s")


def diligent(client: Client, decided: list[UUID]) -> Callable[[], bool]:
    """Claims and decides; where nothing is free, what others hold may come free at the end of its lease."""
    idle = 0

    def step() -> bool:
        nonlocal idle
        status, body = client.send("claim", "POST", "/api/predictions/claim", b"{}")
        if status == 204:
            idle += 1
            time.sleep(0.3)
            return idle < 20
        idle = 0
        assert status == 200, body
        return _decide(client, orjson.loads(body), decided) in (201, 409)

    return step


def absent(client: Client, decided: list[UUID], late: dict[str, int]) -> Callable[[], bool]:
    """Claims, walks away for longer than the lease, and answers nevertheless."""
    inner = diligent(client, decided)

    def step() -> bool:
        status, body = client.send("claim", "POST", "/api/predictions/claim", b"{}")
        if status == 204:
            return inner()
        time.sleep(LEASE + 0.5)
        status = _decide(client, orjson.loads(body), decided)
        assert status in (201, 409), status
        late["decided late" if status == 201 else "taken over"] += 1
        return True

    return step


def _decide(client: Client, claim: dict[str, object], decided: list[UUID]) -> int:
    status, body = client.send("decide", "POST", f"/api/predictions/{claim['id']}/decision", answer(claim))
    assert status in (201, 409), body
    if status == 201:
        decided.append(claim["id"])  # type: ignore[arg-type]
    return status
