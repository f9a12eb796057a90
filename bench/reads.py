"""A list of 100 by API whose reading is recorded, against the same one where it is not."""

import statistics

import orjson

from bench.load import Client, p95
from bench.report import Report
from bench.stage import Place, Stage

BACKLOG = 100_000
ROUNDS, WARMING = 100, 10
MOST = 1.10
MOST_STATEMENTS_MORE = 1
LIST = "/api/predictions/?page_size=100"
TURN = """
INSERT INTO audit_sensitivekind (organization_id, kind, is_sensitive) VALUES (%s, 'predictions.prediction', %s)
ON CONFLICT (organization_id, kind) DO UPDATE SET is_sensitive = excluded.is_sensitive
RETURNING is_sensitive
"""
RECORDED = "SELECT count(*), sum(cardinality(row_ids)) FROM audit_read WHERE organization_id = %s"


def run(stage: Stage, report: Report) -> None:
    place = stage.place(BACKLOG)
    client = place.client(place.people["key"])
    for turn in range(ROUNDS + WARMING):
        if turn == WARMING:
            client.seconds.clear()
        # Each takes its turn at being the first.
        for is_sensitive in (turn % 2 == 0, turn % 2 != 0):
            _turn(place, is_sensitive=is_sensitive)
            _get(client, "recorded" if is_sensitive else "not recorded")
    times, floors = client.seconds["recorded"], client.seconds["not recorded"]
    ratio = statistics.median(a / b for a, b in zip(times, floors, strict=True))
    floor, median = statistics.median(floors) * 1000, statistics.median(times) * 1000
    report.add("list of 100, its reading recorded", median, "ms", floor=floor, ratio=ratio, target=MOST)
    report.add("  p95", p95(times), "ms", floor=p95(floors))
    [(rows, ids)] = place.query(RECORDED, place.people["organization"])
    report.add("  readings that are not on record", ROUNDS + WARMING - rows, "answers", target=0)
    report.add("  records that are not on record", (ROUNDS + WARMING) * 100 - ids, "records", target=0)
    _count(report, place, client)


def _turn(place: Place, *, is_sensitive: bool) -> None:
    place.query(TURN, place.people["organization"], is_sensitive)


def _get(client: Client, label: str) -> None:
    status, body = client.send(label, "GET", LIST)
    assert status == 200, body
    assert len(orjson.loads(body)["results"]) == 100


def _count(report: Report, place: Place, client: Client) -> None:
    """What recording asks more of the server than not recording."""

    def work() -> int:
        for _ in range(10):
            _get(client, "")
        return 10

    asked = []
    for is_sensitive in (True, False):
        _turn(place, is_sensitive=is_sensitive)
        asked.append(place.statements(work)[0])
    more = asked[0] - asked[1]
    report.add("  statements more", more, "statements", target=MOST_STATEMENTS_MORE)
