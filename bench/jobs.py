"""Jobs that do nothing against Celery tasks that do nothing: same worker, same submitter, in turn."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from bench.report import Report
from bench.stage import ROOT, Stage

COUNT = 1_000
THREADS = 4
ROUNDS = 5
LEAST_SHARE = 0.6
LONGEST = 120.0


def run(stage: Stage, report: Report) -> None:
    from bailiwick.runtime import parts

    place = stage.place(0)
    command = [word.replace("bailiwick.config.celery", "bench.workers") for word in parts.worker()]
    worker = subprocess.Popen(command, env=os.environ | place.environment, cwd=ROOT, start_new_session=True)
    try:
        member = place.people["reviewers"][0]["member"]
        arguments = place.people["organization"], member
        rounds = json.loads(place.run("-m", "bench.jobs", *arguments))
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait()
    for name, target in ((f"no-op jobs, {THREADS} submitters", LEAST_SHARE), ("  no-op jobs, one submitter", None)):
        pairs = [each for each in rounds if (each["threads"] == 1) == (target is None)]
        bare, ours = (statistics.median(each["count"] / each[way] for each in pairs) for way in ("bare", "ours"))
        share = statistics.median(each["bare"] / each["ours"] for each in pairs)
        met = None if target is None else share >= target
        report.add(name, ours, "/s", floor=bare, ratio=share, target=target, met=met)


def measure(organization: str, member: str) -> list[dict[str, float]]:
    """Seconds from the first submission to the last effect, both kinds in each round."""
    from bench.workers import app, nothing

    app.finalize()
    place = UUID(organization)
    ways: dict[str, tuple[Callable[[], object], Callable[[], bool]]] = {
        "bare": (nothing.delay, _is_broker_empty),
        "ours": (_submitter(place, UUID(member)), _counter(place)),
    }
    for submit, is_done in ways.values():
        _time(submit, is_done, THREADS, 40)
    return [
        {"threads": threads, "count": count} | {name: _time(*way, threads, count) for name, way in ways.items()}
        for _round in range(ROUNDS)
        for threads, count in ((THREADS, COUNT), (1, COUNT // THREADS))
    ]


def _time(submit: Callable[[], object], is_done: Callable[[], bool], number: int, count: int) -> float:
    begun = time.perf_counter()
    with ThreadPoolExecutor(number) as threads:
        for waited in [threads.submit(_repeat, submit, count // number) for _ in range(number)]:
            waited.result()
    while not is_done():
        if time.perf_counter() - begun > LONGEST:
            raise TimeoutError
        time.sleep(0.02)
    return time.perf_counter() - begun


def _repeat(submit: Callable[[], object], count: int) -> None:
    """What one thread submits, as one of the web part's does."""
    from django.db import connections

    try:
        for _ in range(count):
            submit()
    finally:
        connections.close_all()


def _submitter(organization: UUID, member: UUID) -> Callable[[], object]:
    """Each job in a transaction of its own, by somebody who has signed in already."""
    from django.db import transaction

    from bailiwick.kernel.access.entry import enter_as_member
    from bailiwick.kernel.jobs.actions import submit_job
    from bailiwick.kernel.tenancy.scope import enter
    from bench.workers import NOTHING

    known = {"credential": "session", "request_id": "bench"}
    with transaction.atomic(), enter_as_member(organization, member, **known) as actor:
        assert actor

    def submit() -> None:
        with enter(organization, member_id=member):
            submit_job(actor=actor, kind=NOTHING.code)

    return submit


def _is_broker_empty() -> bool:
    """Nothing waits and nothing is unacknowledged: tasks are acknowledged after the work."""
    from django.conf import settings
    from redis import Redis

    client = Redis.from_url(settings.REDIS_URL)
    return not client.llen("celery") and not client.hlen("unacked")


def _counter(organization: UUID) -> Callable[[], bool]:
    """Whether all are done, asked of the database, where the effect is."""
    from bailiwick.kernel.jobs.models import Job
    from bailiwick.kernel.tenancy.scope import enter

    def are_all_done() -> bool:
        with enter(organization):
            return not Job.objects.filter(finished_at=None).exists()

    return are_all_done


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure(*sys.argv[1:])))
