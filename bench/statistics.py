"""Statistics over a million decided predictions, by API: quiet, and written to meanwhile."""

import statistics
import subprocess
import sys
import time

import orjson

from bench.decided import decide
from bench.load import Client, p95
from bench.report import Report
from bench.stage import ROOT, Place, Stage

DECIDED, OPEN = 1_000_000, 15_000
DAYS = 90
ROUNDS = 20
A_SECOND = 200
MOST_MILLISECONDS = 1000
MOST_STATEMENTS = 10
MOST_SLOWER = 1.3
MOST_FOR_THE_PAGE = 50
PATH = "/api/predictions/statistics/"


def run(stage: Stage, report: Report) -> None:
    place = stage.place(DECIDED + OPEN, "bench_decided")
    decide(place.superuser_url, place.people, DECIDED, DAYS)
    counted = orjson.loads(place.run("-m", "bench.statistics", "count", place.people["organization"]))
    report.add("counting decisions", counted["decisions"] / counted["seconds"], "a second")
    client = place.client(place.people["key"])
    quiet = _times(client, "quiet")
    report.add("statistics of 1,000,000", statistics.median(quiet) * 1000, "ms", target=MOST_MILLISECONDS)
    report.add("  p95", p95(quiet), "ms")
    with _writer(place) as writer:
        time.sleep(5)
        busy = _times(client, "busy", pause=1.0)
        writer.terminate()
    median, floor = statistics.median(busy) * 1000, statistics.median(quiet) * 1000
    report.add("  decided on 200 times a second", median, "ms", floor=floor, ratio=median / floor, target=MOST_SLOWER)

    def work() -> int:
        _ask(client, "")
        return 1

    each, _seen = place.statements(work)
    report.add("  statements", each, "statements", target=MOST_STATEMENTS)
    arguments = place.people["organization"], place.people["reviewers"][0]["member"]
    seconds = orjson.loads(place.run("-m", "bench.statistics", "page", *arguments))
    own = (seconds["page"] - seconds["api"]) * 1000
    floor = seconds["api"] * 1000
    report.add("  dashboard beyond the API", own, "ms", floor=floor, target=MOST_FOR_THE_PAGE)


def _times(client: Client, label: str, pause: float = 0) -> list[float]:
    for turn in range(ROUNDS + 3):
        if turn == 3:
            client.seconds.clear()
        _ask(client, label)
        time.sleep(pause)
    return client.seconds[label]


def _ask(client: Client, label: str) -> None:
    status, body = client.send(label, "GET", PATH)
    assert status == 200, body
    assert orjson.loads(body)["decided"]["n"] >= DECIDED


def _writer(place: Place) -> subprocess.Popen[bytes]:
    import os

    command = [sys.executable, "-m", "bench.statistics", "write", place.people["organization"]]
    return subprocess.Popen(command, env=os.environ | place.environment, cwd=ROOT)


def count(organization: str) -> dict[str, float]:
    """Count everything that is not counted yet, as the job does."""
    from bailiwick.apps.predictions.actions.tallies import PIECE, count_piece
    from bailiwick.kernel.tenancy.scope import enter

    begun, decisions, found = time.perf_counter(), 0, PIECE
    while found >= PIECE:
        with enter(organization):  # type: ignore[arg-type]
            found = count_piece()
        decisions += found
    return {"decisions": decisions, "seconds": time.perf_counter() - begun}


def write(organization: str) -> None:
    """Decide A_SECOND open predictions a second, each in a transaction of its own, and count as the job does."""
    from django.db import connection

    from bailiwick.apps.predictions.actions.tallies import PAUSE
    from bailiwick.kernel.tenancy.scope import enter

    with enter(organization), connection.cursor() as cursor:  # type: ignore[arg-type]
        cursor.execute(OPEN_ITEMS, [organization])
        items = cursor.fetchall()
        cursor.execute("SELECT member_id FROM decisions_decision WHERE organization_id = %s LIMIT 1", [organization])
        [member] = cursor.fetchone()
    begun = counted = time.perf_counter()
    for number, (item, digest, subject) in enumerate(items):
        with enter(organization), connection.cursor() as cursor:  # type: ignore[arg-type]
            cursor.execute(DONE, [member, organization, item])
            cursor.execute(DECIDE, [item, member, digest, organization, subject])
        if time.perf_counter() - counted > PAUSE:
            count(organization)
            counted = time.perf_counter()
        time.sleep(max(0, begun + number / A_SECOND - time.perf_counter()))


def page(organization: str, member: str) -> dict[str, float]:
    """Seconds of the API's answer and of the page, asked in turn in one process: medians of what each took itself."""
    from django.conf import settings
    from django.test import override_settings

    from bailiwick.kernel.identity.models import Member
    from bailiwick.kernel.tenancy.scope import enter
    from bailiwick.kernel.testing.clients import with_session

    # Here nobody has put the static files into their place.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with enter(organization):  # type: ignore[arg-type]
        client = with_session(Member.objects.get(id=member))
    times: dict[str, list[float]] = {"api": [], "page": []}
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}, ALLOWED_HOSTS=["*"]):
        for turn in range(ROUNDS + 2):
            for name, path in (("api", PATH), ("page", "/dashboard?period=all")):
                begun = time.perf_counter()
                assert client.get(path).status_code == 200
                if turn > 1:
                    times[name].append(time.perf_counter() - begun)
    return {name: statistics.median(each) for name, each in times.items()}


OPEN_ITEMS = """
SELECT id, content_digest, subject_id FROM worklist_workitem
 WHERE organization_id = %s AND queue = 'predictions.review' AND done_at IS NULL
"""
DONE = "UPDATE worklist_workitem SET done_at = now(), holder_id = %s WHERE organization_id = %s AND id = %s"
DECIDE = """
WITH decision AS (
    INSERT INTO decisions_decision (item_id, member_id, verdict, reason, meaning, round, content_digest, seconds_spent,
        is_model_visible, authenticated_by)
    VALUES (%s, %s, 'reject', '', 'review', 1, %s, 7, true, 'token') RETURNING id
)
INSERT INTO predictions_reasondecision (decision_id, prediction_reason_id, outcome, corrected_explanation)
SELECT decision.id, r.id, 'confirmed', '' FROM decision, predictions_predictionreason r
 WHERE r.organization_id = %s AND r.prediction_id = %s
"""


if __name__ == "__main__":
    import django

    django.setup()
    made = {"count": count, "write": write, "page": page}[sys.argv[1]](*sys.argv[2:])
    print(orjson.dumps(made).decode())
