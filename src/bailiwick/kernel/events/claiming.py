"""The statements by which deliveries are made, taken, ended and let through, each under the organisation's lock."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from bailiwick.kernel.events.manifest import TESTED
from bailiwick.kernel.events.models import Delivery
from bailiwick.kernel.tenancy.scope import require_scope

LANES = 4
"""Deliveries that one webhook is sent at a time; one that let us wait is sent one."""
Turn = tuple[UUID, UUID]
"""A webhook and a subject, of which one delivery goes at a time."""

LOCK = "SELECT pg_advisory_xact_lock(hashtext('events'), hashtext(%s))"

# A test waits for nothing: it is a subject of its own.
QUEUE = """
INSERT INTO events_delivery (webhook_id, event_id, epoch, transaction_id, at, verb, subject_id, state, tries, answer,
                             failure)
SELECT given.webhook, e.id, e.epoch, e.transaction_id, e.at, e.verb,
       CASE WHEN e.verb = %(tested)s THEN e.id ELSE e.subject_id END, 'behind', 0, '', ''
  FROM unnest(%(webhooks)s::uuid[], %(events)s::uuid[]) AS given(webhook, event)
  JOIN audit_event e ON e.organization_id = %(organization)s AND e.id = given.event
"""
ONCE = "ON CONFLICT (organization_id, webhook_id, event_id) DO NOTHING"
AGAIN = """
ON CONFLICT (organization_id, webhook_id, event_id) DO UPDATE
   SET state = 'behind', tries = 0, available_at = statement_timestamp(), finished_at = NULL
 WHERE events_delivery.finished_at IS NOT NULL
"""
TURNS = " RETURNING webhook_id, subject_id"

# A hold is a lock of the sender's session: what it had in hand is free in the moment in which it dies.
ALIVE = """
SELECT (classid::bigint << 32) | objid::bigint AS hold FROM pg_locks
 WHERE locktype = 'advisory' AND objsubid = 1 AND granted
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
TAKE = f"""
WITH alive AS MATERIALIZED ({ALIVE}), orphan AS MATERIALIZED (
    UPDATE events_delivery d SET state = 'waiting', hold = NULL
     WHERE d.organization_id = %(organization)s AND d.state = 'sending' AND d.hold NOT IN (SELECT hold FROM alive)
), free AS MATERIALIZED (
    SELECT w.id, CASE WHEN w.is_slow THEN 1 ELSE %(lanes)s END - (
               SELECT count(*) FROM events_delivery d
                WHERE d.organization_id = %(organization)s AND d.webhook_id = w.id AND d.state = 'sending'
           ) AS lanes
      FROM events_webhook w
     WHERE w.organization_id = %(organization)s AND w.stop = '' AND w.removed_at IS NULL AND w.is_slow = %(is_slow)s
), taken AS MATERIALIZED (
    SELECT next.id FROM free CROSS JOIN LATERAL (
        SELECT d.id, d.available_at FROM events_delivery d
         WHERE d.organization_id = %(organization)s AND d.webhook_id = free.id AND d.state = 'waiting'
           AND d.available_at <= statement_timestamp()
         ORDER BY d.available_at, d.id LIMIT greatest(free.lanes, 0)
    ) next ORDER BY next.available_at, next.id LIMIT %(most)s
)
UPDATE events_delivery d
   SET state = 'sending', hold = %(hold)s, tries = d.tries + 1, tried_at = statement_timestamp()
  FROM taken WHERE d.organization_id = %(organization)s AND d.id = taken.id
RETURNING d.*
"""
END = """
UPDATE events_delivery d
   SET state = given.state, status = given.status, answer = given.answer, failure = given.failure, took = given.took,
       hold = NULL, available_at = statement_timestamp() + make_interval(secs => given.pause),
       finished_at = CASE WHEN given.state = 'waiting' THEN NULL ELSE statement_timestamp() END
  FROM unnest(%(ids)s::uuid[], %(holds)s::bigint[], %(states)s::text[], %(pauses)s::float8[], %(statuses)s::smallint[],
              %(answers)s::text[], %(failures)s::text[], %(tooks)s::int[])
       AS given(id, hold, state, pause, status, answer, failure, took)
 WHERE d.organization_id = %(organization)s AND d.id = given.id AND d.hold = given.hold AND d.state = 'sending'
"""
LET_THROUGH = """
UPDATE events_delivery d SET state = 'waiting', available_at = statement_timestamp()
  FROM (
    SELECT DISTINCT g.webhook, g.subject FROM unnest(%(webhooks)s::uuid[], %(subjects)s::uuid[]) AS g(webhook, subject)
 ) turn
 CROSS JOIN LATERAL (
    SELECT n.id FROM events_delivery n
     WHERE n.organization_id = %(organization)s AND n.webhook_id = turn.webhook AND n.subject_id = turn.subject
       AND n.state = 'behind'
     ORDER BY n.epoch, n.transaction_id, n.event_id LIMIT 1
 ) next
 WHERE d.organization_id = %(organization)s AND d.id = next.id AND NOT EXISTS (
    SELECT FROM events_delivery b
     WHERE b.organization_id = %(organization)s AND b.webhook_id = turn.webhook AND b.subject_id = turn.subject
       AND b.state IN ('waiting', 'sending')
 )
"""


def lock() -> None:
    """Until the transaction ends: what goes next is decided by one at a time."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [str(require_scope().organization_id)])


def queue(pairs: Sequence[tuple[UUID, UUID]], *, is_replay: bool = False) -> int:
    """Have events go to webhooks, each once; a replay sends again what is over. How many are to go."""
    values: dict[str, Any] = {"webhooks": [pair[0] for pair in pairs], "events": [pair[1] for pair in pairs]}
    values["tested"] = TESTED
    turns = _turns(QUEUE + (AGAIN if is_replay else ONCE) + TURNS, values)
    let_through(turns)
    return len(turns)


def take(hold: int, most: int, *, is_slow: bool) -> list[Delivery]:
    """Up to `most` deliveries that are due, of webhooks that let us wait the last time or of the others."""
    values = {"organization": require_scope().organization_id, "hold": hold, "most": most, "lanes": LANES}
    return list(Delivery.objects.raw(TAKE, values | {"is_slow": is_slow}))


def end(rows: Iterable[dict[str, Any]]) -> None:
    """Write what became of deliveries that their sender still holds, and let through what waited behind them."""
    kept = list(rows)
    columns = ("ids", "holds", "states", "pauses", "statuses", "answers", "failures", "tooks")
    let_through(_turns(END + TURNS, {name: [row[name] for row in kept] for name in columns}))


def let_through(turns: Iterable[Turn]) -> None:
    """The next delivery of each subject may go, where none of it does."""
    if kept := list(turns):
        values = {"webhooks": [turn[0] for turn in kept], "subjects": [turn[1] for turn in kept]}
        _execute(LET_THROUGH, values)


def _turns(statement: str, values: dict[str, Any]) -> list[Turn]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"organization": require_scope().organization_id})
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _execute(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"organization": require_scope().organization_id})
