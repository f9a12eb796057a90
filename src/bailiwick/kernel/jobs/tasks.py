"""What a worker is told to do."""

import random
import socket
import time
import traceback
from uuid import UUID

import structlog
from celery import shared_task
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.jobs import limits
from bailiwick.kernel.jobs.actions import claim_jobs, end_try, release_hold, stop_try
from bailiwick.kernel.jobs.claiming import new_hold
from bailiwick.kernel.jobs.errors import JobLost, TookTooLong
from bailiwick.kernel.jobs.gateways import receive, wake
from bailiwick.kernel.jobs.metrics import count_try
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.rules import pause_after
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.tenancy.scope import enter

TURN = 2.0
"""Seconds after which an organisation's next jobs queue up behind other organisations."""
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
        for job in jobs:
            _try(Run(job, organization_id), job)
    finally:
        release_hold(hold)
    return bool(jobs)


def _try(run: Run, job: Job) -> None:
    try:
        if job.is_cancel_asked:
            raise JobLost
        if job.attempt > run.declared.tries:
            sentence = _("Its process was killed, or ran out of memory, at each of its {n} tries.")
            return _end(run, job, sentence.format(n=run.declared.tries), "", is_final=True)
        with limits.within(run.declared.time_limit):
            result = import_string(run.declared.run)(run)
        run.finish(result or {})
        count_try(job.kind, "done")
    except JobLost:
        _stop(run, job)
    except (Exception, TookTooLong) as error:  # noqa: BLE001  whatever it is, it ends this try and is told
        _fail(run, job, error)


def _fail(run: Run, job: Job, error: BaseException) -> None:
    is_final = isinstance(error, DomainError) or job.attempt >= run.declared.tries
    logger.warning("job_failed", job=str(job.id), kind=job.kind, attempt=job.attempt, is_final=is_final, exc_info=True)
    if isinstance(error, DomainError):
        sentence = str(error)
    elif isinstance(error, TookTooLong):
        sentence = _("It took longer than {n} s and was stopped.").format(n=run.declared.time_limit)
    else:
        sentence = _("It stopped on a fault that nobody foresaw ({name}).").format(name=type(error).__name__)
    _end(run, job, sentence, traceback.format_exc(), is_final=is_final)


def _end(run: Run, job: Job, sentence: str, trace: str, *, is_final: bool) -> None:
    wait = pause_after(job.attempt, random.random())
    try:
        with enter(run.organization_id, request_id=run.request_id):
            end_try(job.id, run.hold, sentence, trace, is_final=is_final, wait=wait)
    except JobLost:
        count_try(job.kind, "lost")
    else:
        count_try(job.kind, "dead" if is_final else "failed")


def _stop(run: Run, job: Job) -> None:
    """A try without its job: cancelled, or taken over by another."""
    try:
        with enter(run.organization_id, request_id=run.request_id):
            stop_try(job.id, run.hold)
    except JobLost:
        count_try(job.kind, "lost")
    else:
        count_try(job.kind, "cancelled")
