"""Writing a decision down."""

from uuid import UUID

from django.db import IntegrityError, connection, transaction

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.decisions.models import Decision

COLUMNS = (
    "item_id",
    "member_id",
    "verdict",
    "reason",
    "meaning",
    "round",
    "content_digest",
    "seconds_spent",
    "is_model_visible",
    "authenticated_by",
)
# What was undone is open again: whoever decides next supersedes the undo.
INSERT = f"""
INSERT INTO decisions_decision ({", ".join(COLUMNS)}, supersedes_id)
VALUES ({", ".join(["%s"] * len(COLUMNS))}, coalesce(%s, (
    SELECT undo.id FROM decisions_decision undo
     WHERE undo.organization_id = (SELECT app_organization()) AND undo.item_id = %s AND undo.meaning = 'undo'
       AND NOT EXISTS (SELECT FROM decisions_decision later WHERE later.organization_id = undo.organization_id
                                                              AND later.supersedes_id = undo.id))))
ON CONFLICT DO NOTHING RETURNING id, decided_at, supersedes_id
"""


def write_decision(
    *,
    actor: Actor,
    item_id: UUID,
    verdict: str,
    content_digest: bytes,
    reason: str = "",
    round: int = 1,
    meaning: str = Meaning.REVIEW,
    seconds_spent: int = 0,
    is_model_visible: bool = True,
    supersedes_id: UUID | None = None,
) -> Decision:
    """Append a decision on an item that the caller has locked and checked; raises AlreadyDecided by constraint."""
    decision = Decision(
        item_id=item_id,
        member_id=actor.member_id,
        verdict=verdict,
        reason=reason,
        meaning=meaning,
        round=round,
        content_digest=content_digest,
        seconds_spent=seconds_spent,
        is_model_visible=is_model_visible,
        authenticated_by=actor.credential,
        supersedes_id=supersedes_id,
    )
    try:
        # A first decision meets a unique constraint alone, which the statement itself takes for an answer.
        with transaction.atomic(savepoint=supersedes_id is not None):
            is_stored = _insert(decision)
    except IntegrityError as conflict:
        raise AlreadyDecided from conflict
    if not is_stored:
        raise AlreadyDecided
    return decision


def _insert(decision: Decision) -> bool:
    with connection.cursor() as cursor:
        values = [getattr(decision, column) for column in COLUMNS]
        cursor.execute(INSERT, [*values, decision.supersedes_id, decision.item_id])
        row = cursor.fetchone()
    if row is not None:
        decision.id, decision.decided_at, decision.supersedes_id = row
    return row is not None
