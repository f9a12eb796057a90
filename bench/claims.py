"""The claim in SQL where it is hard: a rare reason, many items that are not for me, many that sleep."""

import json
import statistics
import sys
import time
from typing import Any

import django
import psycopg

from bench.fill import RARE_CODE
from bench.report import Report
from bench.stage import Stage

BACKLOG = 1_000_000
ROUNDS = 40
IN_THE_WAY = 20_000
MOST_PLAIN_CLAIMS = 3
FAST_ENOUGH = 10.0
QUEUES = ("bench.excluded", "bench.snoozed")

# Twice as many items as are in the way, in queues of their own.
FILL = """
INSERT INTO worklist_workitem (organization_id, queue, subject_type, subject_id, round, priority, queued_at,
    available_at, due_at, slot, lease_number, excluded, probability, content_digest)
SELECT %(organization)s, %(queue)s, 'bench', uuidv7(), 1, 0, now() + n * interval '1 ms',
       CASE WHEN n <= %(snoozed)s THEN now() + interval '1 day' ELSE now() - interval '1 s' END, now(), 0, 0,
       CASE WHEN n <= %(excluded)s THEN ARRAY[%(member)s]::uuid[] ELSE '{}' END, 1, 'x'
  FROM generate_series(1, %(count)s::bigint) n
"""


def run(stage: Stage, report: Report) -> None:
    place = stage.place(BACKLOG)
    member = place.people["reviewers"][-1]["member"]
    _fill(place.superuser_url, place.people["organization"], member)
    seconds = json.loads(place.run("-m", "bench.claims", place.people["organization"], member))
    plain = seconds["plain"]
    report.add("claim in SQL, plain", statistics.median(plain) * 1000, "ms")
    for name in ("rare reason", "common reason", "20,000 not for me", "20,000 snoozed"):
        ratio = statistics.median(a / b for a, b in zip(seconds[name], plain, strict=True))
        median = statistics.median(seconds[name]) * 1000
        met = ratio <= MOST_PLAIN_CLAIMS or median < FAST_ENOUGH
        floor = statistics.median(plain) * 1000
        report.add(f"claim in SQL, {name}", median, "ms", floor=floor, ratio=ratio, target=MOST_PLAIN_CLAIMS, met=met)


def _fill(superuser_url: str, organization: str, member: str) -> None:
    with psycopg.connect(superuser_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET session_replication_role = replica")
        for queue in QUEUES:
            counts = {
                "count": 2 * IN_THE_WAY,
                "snoozed": IN_THE_WAY if queue.endswith("snoozed") else 0,
                "excluded": IN_THE_WAY if queue.endswith("excluded") else 0,
            }
            connection.execute(FILL, {"organization": organization, "queue": queue, "member": member} | counts)
        connection.execute("VACUUM (ANALYZE) worklist_workitem")


def measure(organization: str, member: str) -> dict[str, list[float]]:
    """Seconds of each claim, in turn; each is rolled back, so that the next finds the same."""
    from bailiwick.apps.predictions.manifest import REVIEW_QUEUE
    from bailiwick.apps.predictions.queries.predictions import list_narrowed
    from bailiwick.kernel.tenancy.scope import enter

    cases: dict[str, tuple[str, int | None]] = {
        "plain": (REVIEW_QUEUE.code, None),
        "rare reason": (REVIEW_QUEUE.code, RARE_CODE),
        "common reason": (REVIEW_QUEUE.code, 7),
        "20,000 not for me": (QUEUES[0], None),
        "20,000 snoozed": (QUEUES[1], None),
    }
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for _round in range(ROUNDS):
        for name, (queue, code) in cases.items():
            with enter(organization):  # type: ignore[arg-type]
                seconds[name].append(
                    _claim(organization, member, queue, lambda code=code: list_narrowed(reason_code=code))
                )  # type: ignore[misc]
    return {name: values[5:] for name, values in seconds.items()}


def _claim(organization: Any, member: Any, queue: str, narrow: Any) -> float:
    from django.db import transaction

    from bailiwick.kernel.worklist.claiming import fetch_claim

    place = {"organization_id": organization, "member_id": member, "queue": queue}
    with transaction.atomic():
        begun = time.perf_counter()
        claim = fetch_claim(**place, lease=600, slot=0, resumes=True, subjects=narrow())
        seconds = time.perf_counter() - begun
        assert claim is not None
        transaction.set_rollback(True)
    return seconds


if __name__ == "__main__":
    django.setup()
    print(json.dumps(measure(*sys.argv[1:])))
