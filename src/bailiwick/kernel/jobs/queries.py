"""Reading jobs, narrowed to what the actor may see."""

from uuid import UUID

from django.db.models import QuerySet

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.jobs.manifest import MANAGE
from bailiwick.kernel.jobs.models import Job


def list_jobs(actor: Actor) -> QuerySet[Job]:
    """My jobs, or all of the organisation for who manages them; newest first."""
    rows = Job.objects.select_related("member").order_by("-id")
    return rows if actor.may(MANAGE) else rows.filter(member_id=actor.member_id)


def get_job(actor: Actor, job_id: UUID) -> Job:
    """One job that the actor may see; raises NotFound."""
    found = list_jobs(actor).filter(id=job_id).first()
    if found is None:
        raise NotFound
    return found
