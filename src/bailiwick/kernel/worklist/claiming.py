"""The one statement by which work is handed out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.tokens import make_token

COLUMNS = "id, subject_id, round, lease_number, available_at, queued_at, due_at, content_digest, is_blind"

# `held` resumes what the member holds already; only where that is nothing does `next` look for a free item, in the
# order of the partial index, past rows that others are taking at this moment. SKIP LOCKED never waits and FOR UPDATE
# re-reads the row, so that no item is handed out twice. `me` waits for whoever lets the member go at this moment, and
# makes them wait for the end of this transaction: nothing is left in the hands of somebody who is gone.
CLAIM = """
WITH me AS MATERIALIZED (
    SELECT id FROM identity_member
     WHERE organization_id = %(organization)s AND id = %(member)s AND is_active FOR SHARE
), held AS (
    UPDATE worklist_workitem SET available_at = statement_timestamp() + %(lease)s * interval '1 second'
     WHERE organization_id = %(organization)s AND queue = %(queue)s AND holder_id = %(member)s
       AND done_at IS NULL AND %(resumes)s
    RETURNING {columns}
), next AS MATERIALIZED (
    SELECT id FROM worklist_workitem
     WHERE organization_id = %(organization)s AND queue = %(queue)s AND done_at IS NULL
       AND available_at <= statement_timestamp() AND NOT excluded @> ARRAY[%(member)s]::uuid[]
       AND (assignee_id IS NULL OR assignee_id = %(member)s)
       AND NOT EXISTS (SELECT FROM held) AND EXISTS (SELECT FROM me) {narrowing}
     ORDER BY priority DESC, queued_at, id LIMIT 1
       FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE worklist_workitem item
       SET holder_id = %(member)s, slot = %(slot)s, lease_number = item.lease_number + 1,
           claimed_at = statement_timestamp(), is_blind = item.round <> 3 AND (item.is_sampled OR EXISTS (
               SELECT FROM worklist_queuesettings s WHERE s.organization_id = %(organization)s
                                                      AND s.queue = %(queue)s AND s.is_first_round_blind)),
           available_at = statement_timestamp() + %(lease)s * interval '1 second'
      FROM next WHERE item.id = next.id AND item.organization_id = %(organization)s
    RETURNING item.*
)
SELECT {columns} FROM held UNION ALL SELECT {columns} FROM taken
"""

LOCK = """
SELECT id, organization_id, queue, subject_type, subject_id, round, priority, queued_at, due_at, holder_id, slot,
       lease_number, claimed_at, available_at, content_digest, done_at, probability, draw, is_sampled, is_blind,
       is_withdrawn, skips, excluded, assignee_id,
       (SELECT s.gold FROM worklist_queuesettings s
         WHERE s.organization_id = item.organization_id AND s.queue = item.queue) AS gold_share
  FROM worklist_workitem item
 WHERE organization_id = %s AND queue = ANY (%s) AND subject_id = %s ORDER BY round FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """An item in a member's hands, the token that proves it, and when the lease ends."""

    item_id: UUID
    subject_id: UUID
    round: int
    token: str
    lease_expires_at: datetime
    queued_at: datetime
    due_at: datetime | None
    content_digest: bytes
    is_blind: bool


def fetch_claim(
    *,
    organization_id: UUID,
    member_id: UUID,
    queue: str,
    lease: int,
    slot: int,
    resumes: bool,
    subjects: QuerySet | None,  # type: ignore[type-arg]
) -> Claim | None:
    """Run the statement; `lease` in seconds, `subjects` narrows to those whose key it yields."""
    narrowing, values = "", {}
    if subjects is not None:
        sql, given = subjects.query.sql_with_params()
        names = [f"subject{number}" for number in range(len(given))]
        narrowing = f"AND subject_id IN ({sql % tuple(f'%({name})s' for name in names)})"
        values = dict(zip(names, given, strict=True))
    statement = CLAIM.format(columns=COLUMNS, narrowing=narrowing)
    with connection.cursor() as cursor:
        if narrowing:
            # Rare and common reasons need other plans: one made for all of them would be the wrong one for some.
            cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        cursor.execute(
            statement,
            {
                "organization": organization_id,
                "member": member_id,
                "queue": queue,
                "lease": lease,
                "slot": slot,
                "resumes": resumes,
                **values,
            },
        )
        row = cursor.fetchone()
    if row is None:
        return None
    item_id, subject_id, round_, number, available_at, queued_at, due_at, digest, is_blind = row
    token = make_token(item_id, member_id, number)
    return Claim(item_id, subject_id, round_, token, available_at, queued_at, due_at, bytes(digest), is_blind)


def claim_of(item: WorkItem, member_id: UUID) -> Claim:
    """An item that a member holds, as a claim of it."""
    return Claim(
        item.id,
        item.subject_id,
        item.round,
        make_token(item.id, member_id, item.lease_number),
        item.available_at,
        item.queued_at,
        item.due_at,
        bytes(item.content_digest),
        item.is_blind,
    )


def fetch_locked(organization_id: UUID, queues: list[str], subject_id: UUID) -> list[WorkItem]:
    """Lock all rounds of one subject."""
    return list(WorkItem.objects.raw(LOCK, [organization_id, queues, subject_id]))
