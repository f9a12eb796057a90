"""Predictions as programs read them: one statement for a page, whatever belongs to them included.

What is nested comes from the server as JSON already: nobody looks into it before it goes out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.utils.timezone import now

from bailiwick.apps.predictions.choices import State
from bailiwick.apps.predictions.manifest import REVIEW_QUEUE
from bailiwick.kernel.tenancy.scope import require_scope

SUBMITTED = """
       p.id, p.external_id, p.product_id, m.name, m.version, p.verdict, p.confidence, p.title, p.text, p.link,
       p.attributes::text, p.content_digest, p.received_at
"""
REASONS = """
       coalesce((SELECT json_agg(json_build_object('reason_id', c.code, 'reason', c.title, 'confidence', r.confidence,
                        'score', r.score::float8, 'explanation', r.explanation {more}) ORDER BY r.position)::text
                   FROM predictions_predictionreason r
                   JOIN predictions_reason c ON c.organization_id = r.organization_id AND c.id = r.reason_id {join}
                  WHERE r.organization_id = p.organization_id AND r.prediction_id = p.id), '[]')
"""
FROM = """
  FROM predictions_prediction p
  LEFT JOIN predictions_modelversion m ON m.organization_id = p.organization_id AND m.id = p.model_id
"""
CLAIMED = f"SELECT {SUBMITTED}, {REASONS.format(more='', join='')} {FROM} WHERE p.organization_id = %s AND p.id = %s"

OUTCOMES = """
  LEFT JOIN predictions_reasondecision o
         ON o.organization_id = d.organization_id AND o.decision_id = d.id AND o.prediction_reason_id = r.id
"""
# The latest round counts, and of its decisions the end of the chain.
STANDING = f"""
SELECT {SUBMITTED},
       {
    REASONS.format(
        more=", 'decision', o.outcome, 'corrected_explanation', coalesce(o.corrected_explanation, '')", join=OUTCOMES
    )
},
       i.holder_id IS NOT NULL AND i.available_at > %(now)s AS is_held,
       d.id, d.verdict, d.reason, d.round, d.member_id, w.name, d.decided_at, d.seconds_spent,
       EXISTS (SELECT FROM predictions_reasondecision o WHERE o.organization_id = d.organization_id
                                                         AND o.decision_id = d.id AND o.outcome = 'overridden')
  {FROM}
  LEFT JOIN LATERAL (
       SELECT * FROM worklist_workitem i
        WHERE i.organization_id = p.organization_id AND i.queue = %(queue)s AND i.subject_id = p.id
        ORDER BY i.round DESC LIMIT 1
  ) i ON true
  LEFT JOIN decisions_decision d ON d.organization_id = i.organization_id AND d.item_id = i.id AND NOT EXISTS (
       SELECT FROM decisions_decision s WHERE s.organization_id = d.organization_id AND s.supersedes_id = d.id
  )
  LEFT JOIN identity_member w ON w.organization_id = d.organization_id AND w.id = d.member_id
 WHERE p.organization_id = %(organization)s AND p.id = ANY (%(keys)s)
"""


@dataclass(frozen=True, slots=True)
class Record:
    """A prediction as it was submitted; `attributes` and `reasons` are JSON."""

    id: UUID
    external_id: str
    product_id: str
    model_name: str | None
    model_version: str | None
    verdict: str
    confidence: Decimal | None
    title: str
    text: str
    link: str
    attributes: str
    content_digest: bytes
    received_at: datetime
    reasons: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision that counts for a prediction."""

    id: UUID
    verdict: str
    note: str
    round: int
    member_id: UUID
    member_name: str
    decided_at: datetime
    seconds_spent: int


def get_claimed_record(prediction_id: UUID) -> Record:
    """The prediction that a claim has just put into the actor's hands, with its reasons."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIMED, [require_scope().organization_id, prediction_id])
        return Record(*cursor.fetchone())


def list_records(keys: Sequence[UUID]) -> list[tuple[Record, State, Outcome | None]]:
    """Predictions that the actor was found to see, with what became of them, in the order of their keys."""
    values = {
        "organization": require_scope().organization_id,
        "queue": REVIEW_QUEUE.code,
        "keys": list(keys),
        "now": now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(STANDING, values)
        found = {row[0]: _record(row) for row in cursor.fetchall()}
    return [found[key] for key in keys]


_WIDTH = len(Record.__dataclass_fields__)


def _record(row: tuple) -> tuple[Record, State, Outcome | None]:  # type: ignore[type-arg]
    record = Record(*row[:_WIDTH])
    is_held, decision_id, *decision, is_overridden = row[_WIDTH:]
    if decision_id is None:
        return record, State.HELD if is_held else State.WAITING, None
    outcome = Outcome(decision_id, *decision)
    differs = is_overridden or outcome.verdict != record.verdict
    return record, State.OVERRIDDEN if differs else State.CONFIRMED, outcome
