"""Submitting jobs, and what a worker does to them."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.errors import JobLost
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import require_scope

RUN_TASK = "bailiwick.kernel.jobs.tasks.run_job"


def submit_job(*, actor: Actor, kind: str, arguments: Mapping[str, Any] | None = None, key: str = "") -> Job:
    """Store a job with the change that causes it; it is published once the transaction is committed.

    A `key` makes it happen once: the job that has it already is returned.
    """
    declared = registry().jobs[kind]
    if declared.right:
        actor.require(declared.right)
    with transaction.atomic(savepoint=False):
        values = {"arguments": dict(arguments or {}), "member_id": actor.member_id}
        values["request_id"] = require_scope().request_id
        if key:
            job, is_new = Job.objects.get_or_create(kind=kind, key=key, defaults=values)
        else:
            job, is_new = Job.objects.create(kind=kind, **values), True
        if is_new:
            record(actor.ref, "jobs.job.submitted", job, {"kind": kind})
            transaction.on_commit(partial(publish, actor.organization_id, job.id), robust=True)
        return job


def publish(organization_id: UUID, job_id: UUID) -> None:
    """Tell the workers that there is something to do; what is lost on the way is told again by the sweeper."""
    current_app.send_task(RUN_TASK, [str(organization_id), str(job_id)])


def start_try(job_id: UUID, worker: str) -> Job | None:
    """Take a job that is due; None when somebody else has it or it needs no further try."""
    job = Job.objects.select_for_update(skip_locked=True).filter(id=job_id).first()
    if job is None or job.state != JobState.WAITING or job.available_at > now():
        return None
    job.state, job.started_at, job.worker, job.attempt = JobState.RUNNING, now(), worker, job.attempt + 1
    job.save(update_fields=["state", "started_at", "worker", "attempt"])
    return job


def lock_try(job_id: UUID, attempt: int) -> Job:
    """Lock the job of a try that is going on; raises JobLost."""
    job: Job = Job.objects.select_for_update().get(id=job_id)
    if job.state != JobState.RUNNING or job.attempt != attempt or job.is_cancel_asked:
        raise JobLost
    return job


def save_progress(job: Job) -> None:
    job.save(update_fields=["done", "total", "rejected", "position"])


def finish_try(job: Job, result: Mapping[str, Any]) -> None:
    job.state, job.finished_at, job.result = JobState.DONE, now(), dict(result)
    job.save(update_fields=["state", "finished_at", "result"])


def end_try(job: Job, error: str, trace: str, *, is_final: bool, wait: float) -> None:
    """Note why a try failed; the next one waits `wait` seconds, or there is none."""
    job.error, job.trace = error, trace
    if is_final:
        job.state, job.finished_at = JobState.DEAD, now()
    else:
        job.state, job.available_at = JobState.WAITING, now() + timedelta(seconds=wait)
    job.save(update_fields=["state", "finished_at", "available_at", "error", "trace"])
