"""A page of a hundred of a million predictions, by API."""

import base64
import statistics
from urllib.parse import parse_qs, quote, urlsplit

import orjson

from bench.load import Client, p95
from bench.report import Report
from bench.stage import Place, Stage

BACKLOG = 1_000_000
ROUNDS = 60
MOST_STATEMENTS = 6
MOST_BARE_VIEWS = 3
MOST_APART = 1.3
FIRST = "/api/predictions/?page_size=100"
BEFORE = "SELECT id FROM predictions_prediction WHERE organization_id = %s ORDER BY id DESC OFFSET %s LIMIT 1"


def run(stage: Stage, report: Report) -> None:
    place = stage.place(BACKLOG)
    client = place.client(place.people["key"])
    [(before,)] = place.query(BEFORE, place.people["organization"], 999 * 100 - 1)
    asked = {
        "first page": (FIRST, "/bench/predictions"),
        "1,000th page": (_after(client, str(before)), f"/bench/predictions?before={before}"),
    }
    for turn in range(ROUNDS + 10):
        if turn == 10:
            client.seconds.clear()
        for name, (path, bare) in asked.items():
            _get(client, f"{name}, bare", bare)
            _get(client, name, path)
    for name in asked:
        times, floors = client.seconds[name], client.seconds[f"{name}, bare"]
        ratio = statistics.median(a / b for a, b in zip(times, floors, strict=True))
        floor, median = statistics.median(floors) * 1000, statistics.median(times) * 1000
        report.add(f"list of 100, {name}", median, "ms", floor=floor, ratio=ratio, target=MOST_BARE_VIEWS)
        report.add(f"  p95 of {name}", p95(times), "ms", floor=p95(floors))
    first, last = (client.seconds[name] for name in asked)
    apart = statistics.median(max(a / b, b / a) for a, b in zip(_smooth(first), _smooth(last), strict=True))
    report.add("list of 100, pages apart", statistics.median(last) * 1000, "ms", ratio=apart, target=MOST_APART)
    _count(report, place, client, {name: path for name, (path, _bare) in asked.items()})


def _get(client: Client, label: str, path: str) -> None:
    status, body = client.send(label, "GET", path)
    assert status == 200, body
    assert len(orjson.loads(body)["results"]) == 100


def _after(client: Client, before: str) -> str:
    """The page after a row, by the cursor that the API itself gave out for another."""
    _status, body = client.send("", "GET", FIRST)
    cursor = parse_qs(urlsplit(orjson.loads(body)["next"]).query)["cursor"][0]
    place = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    moved = base64.urlsafe_b64encode(orjson.dumps([*place[:3], before])).rstrip(b"=").decode()
    return f"{FIRST}&cursor={quote(moved)}"


def _smooth(values: list[float]) -> list[float]:
    """Medians of ten at a time: a single answer says little."""
    return [statistics.median(values[start : start + 10]) for start in range(0, len(values), 10)]


def _count(report: Report, place: Place, client: Client, paths: dict[str, str]) -> None:
    for name, path in paths.items():

        def work(path: str = path) -> int:
            for _ in range(10):
                _get(client, "", path)
            return 10

        each, _seen = place.statements(work)
        report.add(f"list of 100, statements, {name}", each, "statements", target=MOST_STATEMENTS)
