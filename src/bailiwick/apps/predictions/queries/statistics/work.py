"""What is still to be decided, and since when."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.timezone import get_current_timezone_name, localdate, now

from bailiwick.apps.predictions.choices import State
from bailiwick.apps.predictions.manifest import DISPUTE_QUEUE, REVIEW_QUEUE
from bailiwick.apps.predictions.queries.statistics.figures import Age, Work
from bailiwick.apps.predictions.queries.statistics.scopes import Scope
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.tenancy.scope import require_scope
from bailiwick.kernel.worklist.rules import FIRST_GOLD_ROUND, SECOND

OPEN = """
SELECT CASE WHEN i.holder_id IS NOT NULL AND i.available_at > %(now)s THEN 'held'
            WHEN i.queue = %(disputes)s THEN 'disputed'
            WHEN i.round = %(second)s THEN 'second' ELSE 'waiting' END AS state,
       greatest((i.queued_at AT TIME ZONE %(zone)s)::date, %(oldest)s) AS day,
       count(*), min(i.queued_at),
       count(*) FILTER (WHERE i.holder_id = %(member)s AND i.available_at > %(now)s)
  FROM worklist_workitem i
 WHERE i.organization_id = %(organization)s AND i.queue = ANY (%(queues)s) AND i.done_at IS NULL
   AND i.round < %(gold)s {narrowed}
 GROUP BY 1, 2
"""
OPEN_STATES = (State.WAITING, State.SECOND, State.DISPUTED, State.HELD)
AGES = ((0, 0), (1, 1), (2, 6), (7, 29), (30, None))
"""From how many days to how many, today being 0."""


def get_work(actor: Actor, scope: Scope) -> Work:
    """What waits of a scope; when it would be decided is not asked."""
    today = localdate()
    values: dict[str, Any] = {
        "organization": require_scope().organization_id,
        "queues": [REVIEW_QUEUE.code, DISPUTE_QUEUE.code],
        "disputes": DISPUTE_QUEUE.code,
        "second": SECOND,
        "gold": FIRST_GOLD_ROUND,
        "now": now(),
        "zone": get_current_timezone_name(),
        "oldest": today - timedelta(days=AGES[-1][0]),
        "member": actor.member_id,
        "is_sampled": scope.is_sampled,
    }
    narrowed = "" if scope.is_sampled is None else "AND i.is_sampled = %(is_sampled)s"
    if scope.models is not None or scope.is_narrow:
        chosen, more = scope.keys()
        values |= more
        narrowed += f" AND i.subject_id IN ({chosen})"
    with connection.cursor() as cursor:
        cursor.execute(OPEN.format(narrowed=narrowed), values)
        rows = cursor.fetchall()
    return Work(
        {state: sum(row[2] for row in rows if row[0] == state) for state in OPEN_STATES},
        [_age(today, first, last, rows) for first, last in AGES],
        min((row[3] for row in rows), default=None),
        sum(row[4] for row in rows),
    )


def _age(today: date, first: int, last: int | None, rows: list[Any]) -> Age:
    newest, oldest = today - timedelta(days=first), None if last is None else today - timedelta(days=last)
    return Age(oldest, newest, sum(row[2] for row in rows if row[1] <= newest and (oldest is None or row[1] >= oldest)))
