"""The one statement by which a worker takes jobs."""

import secrets
from uuid import UUID

from django.db import connection

from bailiwick.kernel.base.manifest import JobKind, registry
from bailiwick.kernel.jobs.models import Job

SHORT = 10
"""Kinds whose tries may take no more seconds than this are taken several at a time."""
BATCH = 64

# A hold is a lock of the session: it vanishes in the moment in which its worker or the connection dies, and needs no
# heartbeat. Claims of one organisation come one after the other, so that `at_once` is counted right.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('jobs'), hashtext(%s)), pg_advisory_lock(%s)"
UNLOCK = "SELECT pg_advisory_unlock(%s)"

# Of a short kind those that nobody has tried yet come along: a try that kills its process takes them down once, and
# from then on each is taken alone. FOR UPDATE re-reads the row, so that what just ended is not taken again.
CLAIM = """
WITH alive AS MATERIALIZED (
    SELECT (classid::bigint << 32) | objid::bigint AS hold FROM pg_locks
     WHERE locktype = 'advisory' AND objsubid = 1 AND granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
), busy AS MATERIALIZED (
    SELECT kind, count(DISTINCT hold) AS holds FROM jobs_job
     WHERE organization_id = %(organization)s AND state = 'running' AND hold IN (SELECT hold FROM alive) GROUP BY kind
), kinds AS MATERIALIZED (
    SELECT given.kind, given.batch FROM unnest(%(kinds)s::text[], %(at_once)s::int[], %(batches)s::int[])
           AS given(kind, at_once, batch) LEFT JOIN busy USING (kind)
     WHERE coalesce(busy.holds, 0) < given.at_once
), first AS MATERIALIZED (
    SELECT job.id, job.kind, CASE WHEN job.attempt = 0 THEN kinds.batch ELSE 1 END AS batch
      FROM jobs_job job JOIN kinds USING (kind)
     WHERE job.organization_id = %(organization)s AND job.finished_at IS NULL
       AND job.available_at <= statement_timestamp() AND (%(job)s::uuid IS NULL OR job.id = %(job)s::uuid)
       AND (job.state = 'waiting' OR coalesce(job.hold, 0) NOT IN (SELECT hold FROM alive))
     ORDER BY job.available_at, job.id LIMIT 1 FOR UPDATE OF job SKIP LOCKED
), more AS MATERIALIZED (
    SELECT job.id FROM jobs_job job JOIN first USING (kind)
     WHERE job.organization_id = %(organization)s AND job.finished_at IS NULL AND job.state = 'waiting'
       AND job.available_at <= statement_timestamp() AND job.attempt = 0
       AND job.id <> first.id AND %(job)s::uuid IS NULL
     ORDER BY job.available_at, job.id LIMIT (SELECT batch - 1 FROM first) FOR UPDATE OF job SKIP LOCKED
)
UPDATE jobs_job job
   SET state = 'running', hold = %(hold)s, attempt = job.attempt + 1, started_at = statement_timestamp(),
       worker = %(worker)s
  FROM (SELECT id FROM first UNION ALL SELECT id FROM more) taken
 WHERE job.organization_id = %(organization)s AND job.id = taken.id
RETURNING job.*
"""


def new_hold() -> int:
    """A name for the tries that are taken together; positive, and of 62 bits, so that no two meet."""
    return secrets.randbits(62) + 1


def fetch_due(organization_id: UUID, hold: int, worker: str, job_id: UUID | None = None) -> list[Job]:
    """In the organisation's scope: take the oldest job that is due, with others of a short kind; or that one job."""
    kinds = list(registry().jobs.values())
    values = {
        "organization": organization_id,
        "kinds": [each.code for each in kinds],
        "at_once": [each.at_once for each in kinds],
        "batches": [_batch(each) for each in kinds],
        "job": job_id,
        "hold": hold,
        "worker": worker,
    }
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [str(organization_id), hold])
    return sorted(Job.objects.raw(CLAIM, values), key=lambda job: (job.available_at, job.id))


def let_go(hold: int) -> None:
    """Give up the sign of life."""
    with connection.cursor() as cursor:
        cursor.execute(UNLOCK, [hold])


def _batch(kind: JobKind) -> int:
    """One that has a single try must not lose it to a neighbour."""
    return BATCH if kind.time_limit <= SHORT and kind.tries > 1 else 1
