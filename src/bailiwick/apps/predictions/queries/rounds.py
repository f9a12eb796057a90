"""The opinions on one prediction, in rounds, and what was passed on between them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from bailiwick.apps.predictions.manifest import AUDIT, MANAGE, REVIEW_QUEUE
from bailiwick.apps.predictions.models import AddedReason, ReasonDecision
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.queries import list_events
from bailiwick.kernel.base.manifest import Text, registry
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import list_decisions
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries import list_member_names
from bailiwick.kernel.worklist import queries as worklist
from bailiwick.kernel.worklist.models import WorkItem

# A gold prediction that is in nobody's queue now, and that the member has neither decided nor made gold; each member
# has an order of their own through them.
FIND_GOLD = """
SELECT g.prediction_id, p.content_digest, g.member_id || ARRAY(
       SELECT DISTINCT d.member_id FROM worklist_workitem i
         JOIN decisions_decision d ON d.organization_id = i.organization_id AND d.item_id = i.id
        WHERE i.organization_id = g.organization_id AND i.queue = ANY (%(queues)s) AND i.subject_id = g.prediction_id
       ) AS deciders
  FROM predictions_goldanswer g
  JOIN predictions_prediction p ON p.organization_id = g.organization_id AND p.id = g.prediction_id
 WHERE g.organization_id = %(organization)s AND g.is_active AND g.member_id <> %(member)s AND NOT EXISTS (
       SELECT FROM worklist_workitem i
        WHERE i.organization_id = g.organization_id AND i.queue = ANY (%(queues)s) AND i.subject_id = g.prediction_id
          AND (i.done_at IS NULL OR EXISTS (
              SELECT FROM decisions_decision d
               WHERE d.organization_id = i.organization_id AND d.item_id = i.id AND d.member_id = %(member)s)))
 ORDER BY md5(g.id::text || %(member)s::text) LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Gold:
    """A prediction with a known answer, and who knows it already: its deciders, and whoever made it gold."""

    prediction_id: UUID
    content_digest: bytes
    deciders: list[UUID]


@dataclass(frozen=True, slots=True)
class Opinion:
    """One decision with what it says of each of the model's reasons, by their key, and the reasons it adds."""

    decision: Decision
    outcomes: dict[UUID, ReasonDecision]
    added: list[AddedReason]
    is_live: bool


@dataclass(frozen=True, slots=True)
class Round:
    """One opinion asked for, with its chain of decisions, oldest first: the last one counts unless it is an undo."""

    item: WorkItem
    chain: list[Opinion]

    @property
    def opinion(self) -> Opinion | None:
        """The decision that counts."""
        return self.chain[-1] if self.chain and self.item.done_at is not None else None


@dataclass(frozen=True, slots=True)
class Passed:
    """Something that happened to an item between claim and decision: skipped, escalated, given back."""

    at: datetime
    what: Text
    member: Member | None
    reason: str


def find_gold_for(actor: Actor) -> Gold | None:
    """A gold prediction that may be asked of a member; None when there is none left for them."""
    values: dict[str, Any] = {
        "organization": actor.organization_id,
        "member": actor.member_id,
        "queues": [queue.code for queue in worklist.together_with(REVIEW_QUEUE.code)],
    }
    with connection.cursor() as cursor:
        cursor.execute(FIND_GOLD, values)
        row = cursor.fetchone()
    return Gold(row[0], bytes(row[1]), row[2]) if row else None


def list_rounds(actor: Actor, prediction_id: UUID) -> list[Round]:
    """The rounds of a prediction that the actor was found to see, the first one first.

    While an opinion is still asked for, the others are shown to those alone who may settle them.
    """
    items = worklist.list_rounds(REVIEW_QUEUE.code, prediction_id)
    if any(item.done_at is None and item.is_sampled for item in items) and not actor.may((AUDIT, MANAGE)):
        return []
    return attach_decisions(items)


def attach_decisions(items: list[WorkItem]) -> list[Round]:
    """Some rounds with their decisions: at most three statements."""
    decisions = list(list_decisions([item.id for item in items]))
    keys = [decision.id for decision in decisions]
    outcomes: dict[UUID, dict[UUID, ReasonDecision]] = {}
    for row in ReasonDecision.objects.filter(decision_id__in=keys):
        outcomes.setdefault(row.decision_id, {})[row.prediction_reason_id] = row
    added: dict[UUID, list[AddedReason]] = {}
    for extra in AddedReason.objects.filter(decision_id__in=keys).select_related("reason").order_by("id"):
        added.setdefault(extra.decision_id, []).append(extra)
    superseded = {decision.supersedes_id for decision in decisions}
    chains: dict[UUID, list[Opinion]] = {}
    for decision in decisions:
        opinion = Opinion(
            decision, outcomes.get(decision.id, {}), added.get(decision.id, []), decision.id not in superseded
        )
        chains.setdefault(decision.item_id, []).append(opinion)
    return [Round(item, chains.get(item.id, [])) for item in items]


def list_passed(rounds: list[Round]) -> list[Passed]:
    """How the items of a prediction were passed on, oldest first."""
    happened = list_events(*(each.item.id for each in rounds)).filter(verb__startswith="worklist.item.")
    events = list(happened)
    people = list_member_names({event.member_id for event in events if event.member_id})
    return [
        Passed(event.at, registry().verbs[event.verb].title, people.get(event.member_id), event.data.get("reason", ""))
        for event in events
    ]
