"""Sealing: how long 100,000 rows take, what writers feel of it, and how long a million take to verify."""

import json
import statistics
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import django
import psycopg

from bench.report import Report
from bench.stage import Stage

ROWS, WHOLE = 100_000, 1_000_000
AT_ONCE = 1_000
"""Rows that one transaction of the filling writes."""
ROUNDS, EACH = 6, 40_000
WRITERS = 2
MOST_SECONDS, MOST_FOR_WRITERS, MOST_FOR_VERIFYING = 5, 1.1, 60

EVENT = """
INSERT INTO audit_event (organization_id, verb, subject_type, subject_id, member_id, credential, credential_id,
                         request_id, address, "right", over_type, over_id, data)
SELECT %(organization)s, 'predictions.prediction.decided', 'predictions.prediction', gen_random_uuid(), %(member)s,
       'session', gen_random_uuid(), gen_random_uuid()::text, '192.0.2.1', 'predictions.review', '', NULL,
       jsonb_build_object('verdict', 'reject', 'round', 1, 'seconds', n)
  FROM generate_series(1, %(count)s) AS n
"""
CHANGE = """
INSERT INTO audit_change (organization_id, table_name, row_id, operation, columns, member_id, request_id)
SELECT %(organization)s, 'worklist_workitem', gen_random_uuid(), 'UPDATE',
       jsonb_build_object('done_at', jsonb_build_array(NULL, now()), 'holder_id', jsonb_build_array(NULL, %(member)s),
                          'priority', jsonb_build_array(0, n)), %(member)s, gen_random_uuid()::text
  FROM generate_series(1, %(count)s) AS n
"""
# What a verifier cannot do without: reading the rows, as text.
BARE = (
    "SELECT sum(length(to_jsonb(e)::text)) FROM audit_event e WHERE organization_id = %(organization)s",
    "SELECT sum(length(to_jsonb(c)::text)) FROM audit_change c WHERE organization_id = %(organization)s",
)


def run(stage: Stage, report: Report) -> None:
    place = stage.place(0, "bench_sealing")
    member = place.people["reviewers"][0]["member"]
    found = json.loads(place.run("-m", "bench.sealing", place.people["organization"], member, place.superuser_url))
    report.add(f"sealing {ROWS:,} rows", found["seal"], "s", target=MOST_SECONDS)
    before, during = found["alone"], found["beside"]
    ratio = statistics.median(a / b for a, b in zip(during, before, strict=True))
    values = statistics.median(during) * 1000, statistics.median(before) * 1000
    report.add("  a write while it runs", values[0], "ms", floor=values[1], ratio=ratio, target=MOST_FOR_WRITERS)
    rows, verify, bare = found["rows"], found["verify"], found["bare"]
    per_million = verify / rows * WHOLE
    report.add(
        f"verifying {WHOLE:,} rows",
        per_million,
        "s",
        floor=bare / rows * WHOLE,
        ratio=verify / bare,
        met=per_million <= MOST_FOR_VERIFYING and not found["findings"],
    )


def measure(organization: str, member: str, superuser_url: str) -> dict[str, Any]:
    """In one process of the product: sealing and verifying as the job and the command do."""
    from bailiwick.kernel.audit.queries.verification import verify
    from bailiwick.kernel.audit.tasks import seal
    from bailiwick.kernel.tenancy.models import Organization

    values = {"organization": organization, "member": member}
    with psycopg.connect(superuser_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as server:
        seal()
        _fill(server, values, ROWS)
        found: dict[str, Any] = {"seal": _timed(seal), "alone": [], "beside": []}
        with Writers(values) as writers:
            for _round in range(ROUNDS):
                _fill(server, values, EACH)
                found["alone"].append(writers.seconds_during(lambda: time.sleep(1.0)))
                found["beside"].append(writers.seconds_during(seal))
        _fill(server, values, WHOLE - ROWS - ROUNDS * EACH)
        seal()
        server.execute("VACUUM (ANALYZE) audit_event, audit_change, audit_block")
        whose = Organization.objects.get(id=organization)
        begun = time.perf_counter()
        chain = verify(whose, [], lambda finding: print(finding, file=sys.stderr))
        found["verify"] = time.perf_counter() - begun
        found["bare"] = _timed(lambda: [server.execute(each, values).fetchall() for each in BARE])
    return found | {"rows": chain.rows, "findings": chain.findings}


class Writers:
    """Threads that write one event after the other, each in a transaction of its own."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values, self.counts = values, [0] * WRITERS
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=[number]) for number in range(WRITERS)]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def seconds_during(self, work: Callable[[], object]) -> float:
        """Of one write while `work` is done."""
        before = sum(self.counts)
        seconds = _timed(work)
        return seconds * WRITERS / max(1, sum(self.counts) - before)

    def _write(self, number: int) -> None:
        from django.conf import settings

        given = settings.DATABASES["default"]
        place = {"host": given["HOST"], "port": given["PORT"] or None, "user": given["USER"], "dbname": given["NAME"]}
        values = self.values | {"count": 1}
        with psycopg.connect(password=given["PASSWORD"], cursor_factory=psycopg.ClientCursor, **place) as connection:
            while not self._is_over.is_set():
                connection.execute("SELECT set_config('app.organization', %(organization)s, true)", values)
                connection.execute(EVENT, values)
                connection.commit()
                self.counts[number] += 1


def _fill(server: Any, values: dict[str, str], count: int) -> None:
    """Half events, half changes, in transactions of AT_ONCE rows."""
    for turn in range(count // AT_ONCE):
        server.execute(CHANGE if turn % 2 else EVENT, values | {"count": AT_ONCE})


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    django.setup()
    print(json.dumps(measure(*sys.argv[1:])))
