"""Queueing work with its subject, and the draw that puts some of it into the random sample."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.utils.timezone import now

from bailiwick.kernel.base.manifest import Queue
from bailiwick.kernel.tenancy.queries import get_secret
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.rules import draw

SAMPLING_KEY = "sampling"

# Plain statements: one comes with every subject that is taken in. What is drawn is compared with the queue's share
# where it is written, so that the share which held at that moment is recorded with it.
INSERT = """
INSERT INTO worklist_workitem (queue, subject_type, due_at, priority, subject_id, content_digest, draw, is_sampled,
                               probability, round, slot, lease_number, excluded, is_blind, is_withdrawn, skips,
                               assignee_id)
SELECT given.queue, %(type)s, %(due)s, %(priority)s, subject.id, subject.digest, subject.draw,
       coalesce(subject.draw < share.second_opinions, false),
       CASE WHEN subject.draw < share.second_opinions THEN share.second_opinions ELSE 1 END,
       {round}, 0, 0, %(excluded)s::uuid[], false, false, 0, subject.assignee
  FROM (SELECT %(queue)s::text AS queue) given
  LEFT JOIN worklist_queuesettings share
         ON share.organization_id = (SELECT app_organization()) AND share.queue = given.queue,
       unnest(%(ids)b::uuid[], %(digests)b::bytea[], %(draws)s::numeric[], %(assignees)s::uuid[])
           WITH ORDINALITY subject(id, digest, draw, assignee, place)
 {narrowing}
 ORDER BY place
"""
ONE_ROUND = INSERT.format(round="%(round)s", narrowing="")
# One look into the index a subject, whatever the planner knows of the table.
NEXT_ROUND = INSERT.format(
    round="1 + coalesce(last.round, 0)",
    narrowing="""
  LEFT JOIN LATERAL (
       SELECT earlier.round, earlier.done_at FROM worklist_workitem earlier
        WHERE earlier.organization_id = (SELECT app_organization()) AND earlier.queue = given.queue
          AND earlier.subject_id = subject.id
        ORDER BY earlier.round DESC LIMIT 1) last ON true
 WHERE last.round IS NULL OR last.done_at IS NOT NULL""",
)
MADE = "RETURNING id, queued_at, available_at, due_at"


def queue_item(
    queue: Queue,
    subject: Model,
    *,
    content_digest: bytes,
    round: int = 1,
    priority: int = 0,
    assignee_id: UUID | None = None,
    due_at: datetime | None = None,
    excluded: Sequence[UUID] = (),
) -> WorkItem:
    """Queue work on a subject, in the transaction that makes the subject; due when the queue says, or at `due_at`.

    Whoever is `excluded` may not take it.
    """
    item = WorkItem(
        queue=queue.code,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        round=round,
        priority=priority,
        content_digest=content_digest,
        assignee_id=assignee_id,
    )
    values = _values(queue, item.subject_type, [(item.subject_id, content_digest)], [assignee_id])
    values |= {"round": round, "priority": priority, "excluded": list(excluded)}
    if due_at:
        values["due"] = due_at
    with connection.cursor() as cursor:
        cursor.execute(ONE_ROUND + MADE, values)
        item.id, item.queued_at, item.available_at, item.due_at = cursor.fetchone()
    return item


def queue_items(queue: Queue, subject_type: str, subjects: Sequence[tuple[UUID, bytes]]) -> None:
    """Queue work on many subjects, given with their content digests in order, in the transaction that makes them."""
    if subjects:
        with connection.cursor() as cursor:
            cursor.execute(ONE_ROUND, _values(queue, subject_type, subjects, [None] * len(subjects)))


def queue_again(
    queue: Queue,
    subject_type: str,
    subjects: Sequence[tuple[UUID, bytes]],
    assignees: Sequence[UUID | None] = (),
    excluded: Sequence[UUID] = (),
) -> None:
    """Queue the next round of many locked subjects, the first where there was none; not of what is open already.

    `assignees` are given in the order of the subjects; whoever is `excluded` may take none of them.
    """
    if subjects:
        values = _values(queue, subject_type, subjects, assignees or [None] * len(subjects))
        with connection.cursor() as cursor:
            cursor.execute(NEXT_ROUND, values | {"excluded": list(excluded)})


def _values(
    queue: Queue, subject_type: str, subjects: Sequence[tuple[UUID, bytes]], assignees: Sequence[UUID | None]
) -> dict[str, Any]:
    return {
        "queue": queue.code,
        "type": subject_type,
        "due": now() + timedelta(seconds=queue.service_level),
        "priority": 0,
        "round": 1,
        "assignees": list(assignees),
        "excluded": [],
        "ids": [key for key, _digest in subjects],
        "digests": [digest for _key, digest in subjects],
        "draws": _draws(queue, [key for key, _digest in subjects]),
    }


def _draws(queue: Queue, subjects: Sequence[UUID]) -> list[Decimal | None]:
    if not queue.disputes_to:
        return [None] * len(subjects)
    key = get_secret(SAMPLING_KEY)
    return [draw(key, queue.code, subject) for subject in subjects]
