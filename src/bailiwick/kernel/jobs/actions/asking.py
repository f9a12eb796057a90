"""Submitting a job, cancelling it, and sending a dead one again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import now
from psycopg.types.json import Jsonb

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.choices import Credential, MemberKind
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.errors import JobOver, NotDead
from bailiwick.kernel.jobs.gateways import wake
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.queries import list_jobs
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter, require_scope

# A plain statement, because many come at a time.
INSERT = """
INSERT INTO jobs_job (kind, key, arguments, member_id, request_id, state, attempt, is_cancel_asked, done, rejected,
                      position, result, error, trace, worker)
VALUES (%s, %s, %s, %s, %s, 'waiting', 0, false, 0, 0, '{}', '{}', '', '', '')
ON CONFLICT (organization_id, kind, key) WHERE NOT key = '' DO NOTHING
RETURNING id, organization_id, submitted_at, available_at
"""


def submit_job(*, actor: Actor, kind: str, arguments: Mapping[str, Any] | None = None, key: str = "") -> Job:
    """Store a job with the change that causes it; workers are told once the transaction is committed.

    A `key` makes it happen once: the job that has it already is returned.
    """
    declared = registry().jobs[kind]
    if declared.right:
        actor.require(declared.right)
    with transaction.atomic(savepoint=False):
        job = _insert(Job(kind=kind, key=key, arguments=dict(arguments or {}), member_id=actor.member_id))
        if job is None:
            return Job.objects.get(kind=kind, key=key)
        record(actor.ref, "jobs.job.submitted", job, {"kind": kind})
        _wake_after_commit(actor)
        return job


def submit_house_job(*, kind: str, arguments: Mapping[str, Any], request_id: str) -> None:
    """A job of the installation itself, for what is done before anybody is signed in, or to no organisation."""
    installation_id = get_installation_id()
    house = Actor(installation_id, None, "", MemberKind.PROGRAM, Credential.SYSTEM)  # type: ignore[arg-type]
    with enter(installation_id, request_id=request_id):
        submit_job(actor=house, kind=kind, arguments=arguments)


def cancel_job(*, actor: Actor, job_id: UUID) -> Job:
    """End a waiting job; a running one ends at its next step, and keeps what it stored. Raises NotFound, JobOver."""
    with transaction.atomic(savepoint=False):
        job = _lock(actor, job_id)
        if job.is_over:
            raise JobOver
        if job.is_cancel_asked:
            return job
        job.is_cancel_asked = True
        if job.state == JobState.WAITING:
            job.state, job.finished_at = JobState.CANCELLED, now()
        job.save(update_fields=["state", "finished_at", "is_cancel_asked"])
        record(actor.ref, "jobs.job.cancelled", job, {"kind": job.kind})
        return job


def replay_job(*, actor: Actor, job_id: UUID) -> Job:
    """Send a dead letter again: it has all its tries and goes on from its last step. Raises NotFound, NotDead."""
    with transaction.atomic(savepoint=False):
        job = _lock(actor, job_id)
        if job.state != JobState.DEAD:
            raise NotDead
        job.state, job.finished_at, job.available_at = JobState.WAITING, None, now()
        job.attempt, job.error, job.trace, job.is_cancel_asked = 0, "", "", False
        job.save(update_fields=["state", "finished_at", "available_at", "attempt", "error", "trace", "is_cancel_asked"])
        record(actor.ref, "jobs.job.replayed", job, {"kind": job.kind})
        _wake_after_commit(actor)
        return job


def _insert(job: Job) -> Job | None:
    """None when another has its key."""
    job.request_id = require_scope().request_id
    values: list[Any] = [job.kind, job.key, Jsonb(job.arguments), job.member_id, job.request_id]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        row = cursor.fetchone()
    if row is None:
        return None
    job.id, job.organization_id, job.submitted_at, job.available_at = row
    job._state.adding = False
    return job


def _wake_after_commit(actor: Actor) -> None:
    transaction.on_commit(lambda: wake(actor.organization_id), robust=True)


def _lock(actor: Actor, job_id: UUID) -> Job:
    """One's own job, or any for whoever manages them."""
    job = list_jobs(actor).select_for_update(of=("self",)).filter(id=job_id).first()
    if job is None:
        raise NotFound
    return job
