"""Figures of jobs for Prometheus, beside those of requests."""

from bailiwick.kernel.base import metrics  # noqa: F401  names the folder before the library is imported

from prometheus_client import Counter, Gauge  # isort: skip

TRIES = Counter("bailiwick_job_tries", "Tries of jobs that ended", ["kind", "outcome"])
DUE = Gauge("bailiwick_jobs_due", "Jobs that could run and wait for a worker", multiprocess_mode="mostrecent")


def count_try(kind: str, outcome: str) -> None:
    """`outcome` is done, failed (it is tried again), dead, cancelled or lost."""
    TRIES.labels(kind, outcome).inc()


def note_due(number: int) -> None:
    DUE.set(number)
