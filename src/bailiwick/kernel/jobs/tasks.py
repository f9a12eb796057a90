"""What a worker is told to do."""

import socket
import traceback
from uuid import UUID

from celery import shared_task
from django.utils.module_loading import import_string

from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.jobs.actions import end_try, finish_try, lock_try, start_try
from bailiwick.kernel.jobs.errors import JobLost
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.tenancy.scope import enter


@shared_task
def run_job(organization_id: str, job_id: str) -> None:
    """One try of one job; a message that comes twice finds nothing to do."""
    organization = UUID(organization_id)
    with enter(organization):
        job = start_try(UUID(job_id), socket.gethostname())
    if job is not None:
        _try(Run(job, organization), job)


def _try(run: Run, job: Job) -> None:
    declared = job.declared
    assert declared
    try:
        result = import_string(declared.run)(run)
        with enter(run.organization_id):
            finish_try(lock_try(job.id, job.attempt), result or {})
    except JobLost:
        return
    except Exception as error:  # noqa: BLE001  whatever it is, it ends this try and is told
        is_final = isinstance(error, DomainError) or job.attempt >= declared.tries
        with enter(run.organization_id):
            current = lock_try(job.id, job.attempt)
            end_try(current, str(error), traceback.format_exc(), is_final=is_final, wait=2.0**job.attempt)
