"""The jobs that come round by the clock."""

from datetime import UTC, datetime

from django.db import connection

from bailiwick.kernel.base.manifest import JobKind
from bailiwick.kernel.jobs.rules import slot_start

KEY = "schedule"

# One row a kind and organisation, used again in every round: it keeps time, and its changes are not on record. It is
# done or dead before it comes round again, and an earlier round that was never run is not made up for.
SCHEDULE = """
INSERT INTO jobs_job (kind, key, arguments, position, result, request_id, state, attempt, done, rejected,
                      is_cancel_asked, error, trace, worker, available_at)
VALUES (%(kind)s, %(key)s, '{}', '{}', '{}', '', 'waiting', 0, 0, 0, false, '', '', '', %(slot)s)
ON CONFLICT (organization_id, kind, key) WHERE NOT key = '' DO UPDATE
   SET state = 'waiting', attempt = 0, done = 0, total = NULL, rejected = 0, position = '{}', result = '{}',
       is_cancel_asked = false, error = '', trace = '', finished_at = NULL, available_at = excluded.available_at
 WHERE jobs_job.finished_at IS NOT NULL AND jobs_job.available_at < excluded.available_at
"""


def schedule_job(kind: JobKind, moment: float) -> bool:
    """In the organisation's scope: have the present round of a schedule run, once, whoever else asks for it."""
    slot = datetime.fromtimestamp(slot_start(moment, kind.every), UTC)
    with connection.cursor() as cursor:
        cursor.execute(SCHEDULE, {"kind": kind.code, "key": KEY, "slot": slot})
        return bool(cursor.rowcount)
