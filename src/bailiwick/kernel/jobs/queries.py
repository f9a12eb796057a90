"""Reading jobs, narrowed to what the actor may see."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.gateways import is_answered
from bailiwick.kernel.jobs.manifest import MANAGE
from bailiwick.kernel.jobs.models import Job

SOON = timedelta(seconds=5)
"""Within this time a job starts, unless something keeps it."""


class Why(StrEnum):
    """Why a job waits."""

    CANCEL_ASKED = "cancel_asked"
    UNKNOWN_KIND = "unknown_kind"
    RESTS = "rests"
    KIND_IS_BUSY = "kind_is_busy"
    OTHERS_AHEAD = "others_ahead"
    NO_WORKER = "no_worker"
    WORKERS_ARE_BUSY = "workers_are_busy"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: how many jobs it is about, or until when it holds."""

    why: Why
    count: int = 0
    until: datetime | None = None


def list_jobs(actor: Actor) -> QuerySet[Job]:
    """My jobs, or all of the organisation for who manages them; newest first."""
    rows = Job.objects.select_related("member").order_by("-id")
    return rows if actor.may(MANAGE) else list_own(actor, rows)


def list_own(actor: Actor, rows: QuerySet[Job]) -> QuerySet[Job]:
    """Those that the actor submitted."""
    return rows.filter(member_id=actor.member_id)


def list_told(rows: QuerySet[Job]) -> QuerySet[Job]:
    """Those that somebody submitted; of the schedule's, which come round all day, only dead letters."""
    return rows.filter(Q(member__isnull=False) | Q(state=JobState.DEAD))


def list_scheduled(rows: QuerySet[Job]) -> QuerySet[Job]:
    """Those that nobody submitted."""
    return rows.filter(member=None)


def get_job(actor: Actor, job_id: UUID) -> Job:
    """One job that the actor may see; raises NotFound."""
    found = list_jobs(actor).filter(id=job_id).first()
    if found is None:
        raise NotFound
    return found


def explain_waiting(actor: Actor, job: Job) -> list[Reason]:
    """What keeps a job of the actor's from running or ending; empty when it runs, is over, or starts just now."""
    if job.is_over or job.state == JobState.RUNNING:
        return [Reason(Why.CANCEL_ASKED)] if job.is_cancel_asked and not job.is_over else []
    reasons = list(_reasons(job))
    if reasons:
        return reasons
    if not is_answered():
        return [Reason(Why.NO_WORKER)]
    return [Reason(Why.WORKERS_ARE_BUSY)] if now() - job.available_at > SOON else []


def _reasons(job: Job) -> Iterator[Reason]:
    if job.declared is None:
        yield Reason(Why.UNKNOWN_KIND)
        return
    if job.available_at > now():
        yield Reason(Why.RESTS, until=job.available_at)
        return
    unfinished = Job.objects.filter(finished_at=None)
    running = unfinished.filter(state=JobState.RUNNING, kind=job.kind)
    if (busy := running.values("hold").distinct().count()) >= job.declared.at_once:
        yield Reason(Why.KIND_IS_BUSY, count=busy)
    earlier = Q(available_at__lt=job.available_at) | Q(available_at=job.available_at, id__lt=job.id)
    if ahead := unfinished.filter(earlier, state=JobState.WAITING).count():
        yield Reason(Why.OTHERS_AHEAD, count=ahead)


def list_due() -> dict[UUID, int]:
    """Organisations with jobs that could run, and how many; the one read that crosses organisations."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM jobs_due()")
        return dict(cursor.fetchall())
