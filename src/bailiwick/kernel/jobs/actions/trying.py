"""What a worker does to a job: take it, note its progress, end it.

A try is known by its hold. Whoever has lost it (because it seemed dead, or its job was cancelled) stores nothing more.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import now
from psycopg.types.json import Jsonb

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.claiming import fetch_due, let_go
from bailiwick.kernel.jobs.errors import JobLost
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.values import Ended
from bailiwick.kernel.tenancy.scope import require_scope

FINISH = """
UPDATE jobs_job job
   SET state = 'done', finished_at = statement_timestamp(), done = ended.done, total = ended.total,
       rejected = ended.rejected, result = ended.result, error = '', trace = ''
  FROM unnest(%s::uuid[], %s::int[], %s::int[], %s::int[], %s::jsonb[]) AS ended(id, done, total, rejected, result)
 WHERE job.organization_id = %s AND job.id = ended.id AND job.hold = %s AND job.state = 'running'
RETURNING job.id
"""


def claim_jobs(hold: int, worker: str, job_id: UUID | None = None) -> list[Job]:
    """Take what is due in the organisation in scope; the try counts from here on, whatever becomes of the worker."""
    organization_id = require_scope().organization_id
    assert organization_id
    return fetch_due(organization_id, hold, worker, job_id)


def release_hold(hold: int) -> None:
    """After the last try of a claim: whatever is still marked as running by it is free to be taken again."""
    let_go(hold)


def lock_try(job_id: UUID, hold: int) -> Job:
    """Lock the job of a try that is going on; raises JobLost."""
    job = _lock(job_id, hold)
    if job.is_cancel_asked:
        raise JobLost
    return job


def save_progress(job: Job) -> None:
    job.save(update_fields=["done", "total", "rejected", "position"])


def finish_tries(hold: int, ended: Sequence[Ended]) -> set[UUID]:
    """Note what is done, and return which: the others were lost to another try meanwhile.

    A wish to cancel that came after the last step came too late.
    """
    values: list[Any] = [
        [each.job_id for each in ended],
        [each.done for each in ended],
        [each.total for each in ended],
        [each.rejected for each in ended],
        [Jsonb(dict(each.result)) for each in ended],
    ]
    with connection.cursor() as cursor:
        cursor.execute(FINISH, [*values, require_scope().organization_id, hold])
        return {job_id for (job_id,) in cursor.fetchall()}


def end_try(job_id: UUID, hold: int, error: str, trace: str, *, is_final: bool, wait: float) -> None:
    """Note why a try failed; the next one waits `wait` seconds, or there is none. Raises JobLost."""
    job = _lock(job_id, hold)
    job.error, job.trace = error, trace
    if job.is_cancel_asked:
        job.state, job.finished_at = JobState.CANCELLED, now()
    elif is_final:
        job.state, job.finished_at = JobState.DEAD, now()
        _record_failure(job)
    else:
        job.state, job.available_at = JobState.WAITING, now() + timedelta(seconds=wait)
    job.save(update_fields=["state", "finished_at", "available_at", "error", "trace"])


def stop_try(job_id: UUID, hold: int) -> None:
    """End a job that was cancelled while it ran; raises JobLost when it is in other hands."""
    job = _lock(job_id, hold)
    if not job.is_cancel_asked:
        raise JobLost
    job.state, job.finished_at = JobState.CANCELLED, now()
    job.save(update_fields=["state", "finished_at"])


def _lock(job_id: UUID, hold: int) -> Job:
    job: Job | None = Job.objects.select_for_update().filter(id=job_id).first()
    if job is None or job.state != JobState.RUNNING or job.hold != hold:
        raise JobLost
    return job


def _record_failure(job: Job) -> None:
    organization_id = require_scope().organization_id
    assert organization_id
    credential = Credential.JOB if job.member_id else Credential.SYSTEM
    record(ActorRef(organization_id, job.member_id, credential), "jobs.job.failed", job, {"kind": job.kind})
