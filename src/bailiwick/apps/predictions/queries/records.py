"""Predictions with what became of them: one statement for a page, whatever belongs to them included.

Pages, programs and exports read the same. What is nested comes from the server as JSON: programs get it as it is.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection
from django.utils.timezone import now
from psycopg.pq import Format

from bailiwick.apps.predictions.choices import State
from bailiwick.apps.predictions.manifest import DISPUTE_QUEUE, REVIEW_QUEUE
from bailiwick.apps.predictions.queries.filters import is_asked_blind
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.tenancy.scope import require_scope
from bailiwick.kernel.worklist.rules import FIRST_GOLD_ROUND, SECOND

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
ADDED = """
       coalesce((SELECT json_agg(json_build_object('reason_id', c.code, 'reason', c.title,
                                                   'explanation', a.explanation) ORDER BY a.id)::text
                   FROM predictions_addedreason a
                   JOIN predictions_reason c ON c.organization_id = a.organization_id AND c.id = a.reason_id
                  WHERE a.organization_id = d.organization_id AND a.decision_id = d.id), '[]')
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
DECIDED_REASONS = REASONS.format(
    more=", 'decision', o.outcome, 'corrected_explanation', coalesce(o.corrected_explanation, '')", join=OUTCOMES
)
# The latest round counts, and of its decisions the end of the chain.
STANDING = f"""
SELECT {SUBMITTED}, {DECIDED_REASONS},
       i.id, i.queue, i.round, i.claimed_at, i.due_at, i.available_at,
       i.done_at IS NULL AND i.round <= %(second)s AND (i.is_sampled OR coalesce(s.is_first_round_blind, false)),
       h.id, h.name, h.kind,
       d.id, d.verdict, d.reason, d.round, d.decided_at, d.seconds_spent, w.id, w.name, w.kind, {ADDED},
       EXISTS (SELECT FROM predictions_reasondecision o WHERE o.organization_id = d.organization_id
                                                         AND o.decision_id = d.id AND o.outcome = 'overridden')
  {FROM}
  LEFT JOIN LATERAL (
       SELECT * FROM worklist_workitem i
        WHERE i.organization_id = p.organization_id AND i.queue IN (%(review)s, %(disputes)s) AND i.subject_id = p.id
          AND i.round < %(gold)s AND NOT i.is_withdrawn
        ORDER BY i.round DESC LIMIT 1
  ) i ON true
  LEFT JOIN worklist_queuesettings s ON s.organization_id = i.organization_id AND s.queue = i.queue
  LEFT JOIN identity_member h ON h.organization_id = i.organization_id AND h.id = i.holder_id
                             AND i.done_at IS NULL AND i.available_at > %(now)s
  LEFT JOIN decisions_decision d ON d.organization_id = i.organization_id AND d.item_id = i.id
                                AND i.done_at IS NOT NULL AND NOT EXISTS (
       SELECT FROM decisions_decision later
        WHERE later.organization_id = d.organization_id AND later.supersedes_id = d.id
  )
  LEFT JOIN identity_member w ON w.organization_id = d.organization_id AND w.id = d.member_id
 WHERE p.organization_id = %(organization)s AND p.id = ANY (%(keys)s)
"""


class Record(NamedTuple):
    """A prediction as it was submitted; `attributes` and `reasons` are JSON. Without `verdict` it is hidden."""

    id: UUID
    external_id: str
    product_id: str
    model_name: str | None
    model_version: str | None
    verdict: str | None
    confidence: Decimal | None
    title: str
    text: str
    link: str
    attributes: str
    content_digest: bytes
    received_at: datetime
    reasons: str

    def __str__(self) -> str:
        return self.title or self.product_id

    @property
    def model(self) -> str:
        return f"{self.model_name or ''} {self.model_version or ''}".strip()

    @property
    def given_reasons(self) -> list[dict[str, Any]]:
        """The model's reasons as the API shows them."""
        reasons: list[dict[str, Any]] = orjson.loads(self.reasons)
        return reasons

    def without_model(self) -> "Record":
        """What somebody may see who is to judge without knowing what the model said."""
        return self._replace(model_name=None, model_version=None, verdict=None, confidence=None, reasons="[]")


class Who(NamedTuple):
    """A member, as far as lists show one."""

    id: UUID
    name: str
    kind: str


class Outcome(NamedTuple):
    """The decision that counts for a prediction; `added` is JSON."""

    id: UUID
    verdict: str
    note: str
    round: int
    decided_at: datetime
    seconds_spent: int
    member: Who
    added: str


class Standing(NamedTuple):
    """A prediction and what became of it; `lease_ends_at` while somebody has it."""

    record: Record
    state: State
    item_id: UUID | None
    round: int | None
    claimed_at: datetime | None
    due_at: datetime | None
    lease_ends_at: datetime | None
    holder: Who | None
    outcome: Outcome | None
    is_hidden: bool

    @property
    def who(self) -> Who | None:
        """Who decided it, or has it now."""
        return self.outcome.member if self.outcome else self.holder


def get_claimed_record(prediction_id: UUID) -> Record:
    """The prediction that a claim has just put into the actor's hands, with its reasons."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIMED, [require_scope().organization_id, prediction_id])
        return Record(*cursor.fetchone())


def list_records(actor: Actor, keys: Sequence[UUID]) -> list[Standing]:
    """Predictions that the actor was found to see, with what became of them, in the order of their keys.

    Where a blind opinion is still asked for, the model's side is left out for whoever could be asked.
    """
    return list(read_records(actor, keys))


def read_records(actor: Actor, keys: Sequence[UUID]) -> Iterator[Standing]:
    """As `list_records`: read at once, and spelt out one after the other as they are asked for."""
    values = {
        "organization": require_scope().organization_id,
        "review": REVIEW_QUEUE.code,
        "disputes": DISPUTE_QUEUE.code,
        "keys": list(keys),
        "now": now(),
        "second": SECOND,
        "gold": FIRST_GOLD_ROUND,
    }
    hides = is_asked_blind(actor)
    with connection.cursor() as cursor:
        # As text, moments alone take longer to read than all the rest.
        cursor.cursor.format = Format.BINARY
        cursor.execute(STANDING, values)
        found = {row[0]: row for row in cursor.fetchall()}
    return (_standing(found[key], hides) for key in keys)


_WIDTH = len(Record._fields)


def _standing(row: tuple[Any, ...], hides: bool) -> Standing:
    record = Record(*row[:_WIDTH])
    item_id, queue, round_, claimed_at, due_at, available_at, is_blind, *rest = row[_WIDTH:]
    holder = Who(*rest[:3]) if rest[0] else None
    outcome = Outcome(*(*rest[3:9], Who(*rest[9:12]), rest[12])) if rest[3] else None
    state = _decided(record, outcome, rest[13]) if outcome else _open(queue, round_, holder)
    is_hidden = hides and bool(is_blind)
    return Standing(
        record.without_model() if is_hidden else record,
        state,
        item_id,
        round_,
        claimed_at,
        due_at,
        available_at if holder else None,
        holder,
        outcome,
        is_hidden,
    )


def _decided(record: Record, outcome: Outcome, is_overridden: bool) -> State:
    differs = is_overridden or outcome.added != "[]" or outcome.verdict != record.verdict
    return State.OVERRIDDEN if differs else State.CONFIRMED


def _open(queue: str | None, round_: int | None, holder: Who | None) -> State:
    if holder is not None:
        return State.HELD
    if queue == DISPUTE_QUEUE.code:
        return State.DISPUTED
    return State.SECOND if round_ == SECOND else State.WAITING
