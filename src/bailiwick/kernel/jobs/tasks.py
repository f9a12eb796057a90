"""What a worker is told to do."""

import random
import socket
import time
import traceback
from uuid import UUID

import structlog
from celery import shared_task
from django.db import DataError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.jobs import limits
from bailiwick.kernel.jobs.actions import claim_jobs, end_try, finish_tries, release_hold, stop_try
from bailiwick.kernel.jobs.claiming import new_hold
from bailiwick.kernel.jobs.errors import JobLost, TookTooLong
from bailiwick.kernel.jobs.gateways import receive, wake
from bailiwick.kernel.jobs.metrics import count_try
from bailiwick.kernel.jobs.rules import pause_after
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.tenancy.scope import enter

TURN = 2.0
"""Seconds after which an organisation's next jobs queue up behind other organisations."""
TOGETHER = 0.05
"""Seconds within which jobs that end one after the other are noted by one statement."""
logger = structlog.get_logger(__name__)


@shared_task
def run_due(organization_id: str) -> None:
    """Run what is due in one organisation. A message that comes twice finds nothing to do."""
    organization, ends = UUID(organization_id), time.monotonic() + TURN
    receive(organization)
    while _run_claim(organization):
        if time.monotonic() > ends:
            # The next message was sent by the claim; whoever is free goes on with it.
            return


def run_job(organization_id: str, job_id: str) -> None:
    """One try of one job, here and now, if it is due."""
    _run_claim(UUID(organization_id), UUID(job_id))


def _run_claim(organization_id: UUID, job_id: UUID | None = None) -> bool:
    """Take jobs and try each; False when there was none to take."""
    hold = new_hold()
    try:
        with enter(organization_id):
            jobs = claim_jobs(hold, socket.gethostname(), job_id)
        if jobs and job_id is None:
            # Others may look after the rest meanwhile, also if this process dies.
            wake(organization_id)
        _try_all([Run(job, organization_id) for job in jobs], hold)
    finally:
        release_hold(hold)
    return bool(jobs)


def _try_all(runs: list[Run], hold: int) -> None:
    """Quick ones are noted together: whatever they stored in steps is stored, and would not be done again."""
    ended: list[Run] = []
    since = time.monotonic()
    with limits.watched(sum(run.declared.time_limit for run in runs)):
        for run in runs:
            if _try(run):
                ended.append(run)
            if ended and (run is runs[-1] or time.monotonic() - since > TOGETHER):
                _finish(ended, hold)
                ended, since = [], time.monotonic()


def _try(run: Run) -> bool:
    """Do the work; False when it did not come to its end, which is noted then."""
    try:
        if run.is_cancel_asked:
            raise JobLost
        if run.attempt > run.declared.tries:
            sentence = _("Its process was killed, or ran out of memory, at each of its {n} tries.")
            _end(run, sentence.format(n=run.declared.tries), "", is_final=True)
            return False
        with limits.within(run.declared.time_limit):
            run.result = import_string(run.declared.run)(run) or {}
    except JobLost:
        _stop(run)
    except (Exception, TookTooLong) as error:  # noqa: BLE001  whatever it is, it ends this try and is told
        _fail(run, error)
    else:
        return True
    return False


def _finish(runs: list[Run], hold: int) -> None:
    try:
        with enter(runs[0].organization_id, request_id=runs[0].request_id if len(runs) == 1 else ""):
            noted = finish_tries(hold, [run.ended for run in runs])
    except (TypeError, ValueError, DataError) as error:
        # A result that cannot be stored fails the job that gave it, and no other.
        if len(runs) == 1:
            _fail(runs[0], error)
        else:
            for run in runs:
                _finish([run], hold)
        return
    for run in runs:
        count_try(run.declared.code, "done" if run.job_id in noted else "lost")


def _fail(run: Run, error: BaseException) -> None:
    is_final = isinstance(error, DomainError) or run.attempt >= run.declared.tries
    named = {"job": str(run.job_id), "kind": run.declared.code, "attempt": run.attempt, "is_final": is_final}
    logger.warning("job_failed", **named, exc_info=error)
    if isinstance(error, DomainError):
        sentence = str(error)
    elif isinstance(error, TookTooLong):
        sentence = _("It took longer than {n} s and was stopped.").format(n=run.declared.time_limit)
    else:
        sentence = _("It stopped on a fault that nobody foresaw ({name}).").format(name=type(error).__name__)
    _end(run, sentence, "".join(traceback.format_exception(error)), is_final=is_final)


def _end(run: Run, sentence: str, trace: str, *, is_final: bool) -> None:
    wait = pause_after(run.attempt, random.random())
    try:
        with enter(run.organization_id, request_id=run.request_id):
            end_try(run.job_id, run.hold, sentence, trace, is_final=is_final, wait=wait)
    except JobLost:
        count_try(run.declared.code, "lost")
    else:
        count_try(run.declared.code, "dead" if is_final else "failed")


def _stop(run: Run) -> None:
    """A try without its job: cancelled, or taken over by another."""
    try:
        with enter(run.organization_id, request_id=run.request_id):
            stop_try(run.job_id, run.hold)
    except JobLost:
        count_try(run.declared.code, "lost")
    else:
        count_try(run.declared.code, "cancelled")
