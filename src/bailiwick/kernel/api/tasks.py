"""Upkeep of kept answers."""

from bailiwick.kernel.api.idempotency import purge_expired
from bailiwick.kernel.jobs.running import Run


def purge_idempotency(run: Run) -> None:
    """Delete the organisation's answers that are older than a day."""
    with run.step():
        purge_expired()
