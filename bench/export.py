"""Exports of 100,000 predictions by job: how long each kind of file takes, and memory that does not grow with rows."""

import json
import resource
import statistics
import sys
import time
from typing import Any

import django

from bench.report import Report
from bench.stage import Place, Stage

BACKLOG, FEW = 100_000, 10_000
ROUNDS = 3
MOST_SECONDS = {"csv": 5, "jsonl": 5, "xlsx": 20}
MOST_GROWTH = 8
"""Megabytes that ten times the rows may take more."""


def run(stage: Stage, report: Report) -> None:
    many, few = stage.place(BACKLOG), stage.place(FEW)
    for kind, most in MOST_SECONDS.items():
        seconds, peaks = zip(*(_export(many, kind, BACKLOG) for _ in range(ROUNDS)), strict=True)
        median = statistics.median(seconds)
        report.add(f"export of {BACKLOG:,} as {kind}", median, "s", target=most)
        _seconds, peak = _export(few, kind, FEW)
        grown = statistics.median(peaks) - peak
        report.add(f"  memory beyond that for {FEW:,}", grown, "MB", floor=peak, target=MOST_GROWTH)


def _export(place: Place, kind: str, rows: int) -> tuple[float, float]:
    """Seconds and the most memory of one export, in a process of its own."""
    reader = place.people["reviewers"][0]["member"]
    made = json.loads(place.run("-m", "bench.export", place.people["organization"], reader, kind))
    assert made["rows"] == rows, made
    return made["seconds"], made["peak"]


def measure(organization: str, member: str, kind: str) -> dict[str, Any]:
    """One job, submitted by a reviewer and done here as a worker does it."""
    from django.db import transaction

    from bailiwick.kernel.access.entry import enter_as_member
    from bailiwick.kernel.identity.choices import Credential
    from bailiwick.kernel.jobs.actions import submit_job
    from bailiwick.kernel.jobs.models import Job
    from bailiwick.kernel.jobs.tasks import run_job
    from bailiwick.kernel.tenancy.scope import enter
    from bailiwick.kernel.web.selection import Selection

    entry = enter_as_member(
        organization,  # type: ignore[arg-type]
        member,  # type: ignore[arg-type]
        credential=Credential.SESSION,
        request_id="bench",
    )
    arguments = Selection("predictions:list", {}, "", is_all=True).plain()
    with transaction.atomic(), entry as actor:
        assert actor
        arguments |= {"kind": kind, "all_columns": False, "language": "en"}
        job = submit_job(actor=actor, kind="web.export", arguments=arguments)
    begun = time.perf_counter()
    run_job(organization, str(job.id))
    seconds = time.perf_counter() - begun
    with enter(organization):  # type: ignore[arg-type]
        done = Job.objects.get(id=job.id)
    assert done.state == "done", done.trace
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak": peak, "rows": done.result["rows"]}


if __name__ == "__main__":
    django.setup()
    from bailiwick.config.celery import settle

    # As a worker is before it takes its first job.
    settle()
    print(json.dumps(measure(*sys.argv[1:])))
