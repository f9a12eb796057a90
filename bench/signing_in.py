"""The list of a hundred by session, by token and by key, against the same list for an actor who need not be asked."""

import statistics

from bench.load import Client
from bench.report import Report
from bench.stage import Place, Stage

BACKLOG = 1_000_000
ROUNDS = 60
MOST_TIME = 1.25
MOST_STATEMENTS = 2
LIST, KNOWN = "/api/predictions/?page_size=100", "/bench/known?page_size=100"
COOKIE = """
import django
django.setup()
from django.contrib.sessions.backends.cached_db import SessionStore
store = SessionStore()
store["signed_in"] = {"session": "%s", "time_zone": ""}
store.save()
print(store.session_key)
"""


def run(stage: Stage, report: Report) -> None:
    place = stage.place(BACKLOG)
    reviewer = place.people["reviewers"][0]
    known = _client(place, f"X-Bench-Actor: {place.people['organization']}:{reviewer['member']}")
    callers = {
        "session": in_browser(place, reviewer),
        "token": place.client(reviewer["token"]),
        "key": place.client(reviewer["key"]),
    }
    for turn in range(ROUNDS + 10):
        if turn == 10:
            for client in (known, *callers.values()):
                client.seconds.clear()
        for name, client in callers.items():
            _get(known, name, KNOWN)
            _get(client, name, LIST)
    floor = _count(place, known, KNOWN)
    for name, client in callers.items():
        times, floors = client.seconds[name], known.seconds[name]
        ratio = statistics.median(a / b for a, b in zip(times, floors, strict=True))
        median, least = statistics.median(times) * 1000, statistics.median(floors) * 1000
        report.add(f"list of 100 by {name}, actor known", median, "ms", floor=least, ratio=ratio, target=MOST_TIME)
        more = _count(place, client, LIST) - floor
        report.add(f"  statements more by {name}", more, "statements", floor=floor, target=MOST_STATEMENTS)


def in_browser(place: Place, person: dict[str, str]) -> Client:
    """A caller with the cookie of a person's session."""
    cookie = place.run("-c", COOKIE % person["session"]).strip()
    return _client(place, f"Cookie: sessionid={cookie}")


def _client(place: Place, header: str) -> Client:
    """A caller with a header of its own instead of a credential."""
    client = place.client("")
    client.head = f"Host: localhost\r\n{header}\r\n".encode()
    return client


def _get(client: Client, label: str, path: str) -> None:
    status, body = client.send(label, "GET", path)
    assert status == 200, body


def _count(place: Place, client: Client, path: str) -> float:
    def work() -> int:
        for _ in range(10):
            _get(client, "", path)
        return 10

    each, _seen = place.statements(work)
    return each
