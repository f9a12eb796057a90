"""The filters of lists of predictions, the same for pages and API."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import now

from bailiwick.apps.predictions.choices import Outcome, State
from bailiwick.apps.predictions.manifest import DISPUTE_QUEUE, KNOW_THE_MODEL, REVIEW, REVIEW_QUEUE
from bailiwick.apps.predictions.models import AddedReason, Prediction, PredictionReason, ReasonDecision
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.decisions.queries import live_decisions
from bailiwick.kernel.worklist.models import QueueSettings, WorkItem
from bailiwick.kernel.worklist.rules import FIRST, FIRST_GOLD_ROUND, SECOND

Rows = QuerySet[Prediction]

QUEUES = (REVIEW_QUEUE.code, DISPUTE_QUEUE.code)
PLACES: dict[State, dict[str, object]] = {
    State.WAITING: {"queue": REVIEW_QUEUE.code, "round": FIRST},
    State.SECOND: {"queue": REVIEW_QUEUE.code, "round": SECOND},
    State.DISPUTED: {"queue": DISPUTE_QUEUE.code},
}
"""Where the open item of a prediction stands that nobody holds."""

MODEL_SIDE = ("verdict", "reason", "model", "confidence_from", "confidence_to", "bin", "versus", "agrees")
"""Filters of the page that tell what the model said."""


def in_state(rows: Rows, state: str) -> Rows:
    """Predictions that wait, are held, or were decided as the model said or otherwise."""
    if state == State.HELD:
        return rows.filter(Exists(_open_items().filter(_is_held())))
    if state in PLACES:
        return rows.filter(Exists(_open_items().filter(~_is_held(), **PLACES[State(state)])))
    last = _items(OuterRef(OuterRef("id"))).order_by("-round").values("id")[:1]
    decided = live_decisions().filter(item_id=Subquery(last))
    differs = decided.filter(~Q(verdict=OuterRef("verdict")) | Exists(_overridden()) | Exists(_added()))
    rows = rows.filter(~Exists(_open_items()))
    return rows.filter(Exists(differs)) if state == State.OVERRIDDEN else rows.filter(Exists(decided), ~Exists(differs))


def _items(subject: object) -> QuerySet[WorkItem]:
    asked = WorkItem.objects.filter(queue__in=QUEUES, subject_id=subject, round__lt=FIRST_GOLD_ROUND)
    return asked.filter(is_withdrawn=False)


def _open_items() -> QuerySet[WorkItem]:
    return _items(OuterRef("id")).filter(done_at=None)


def _is_held() -> Q:
    return Q(holder__isnull=False, available_at__gt=now())


def _overridden() -> QuerySet[ReasonDecision]:
    return ReasonDecision.objects.filter(decision_id=OuterRef("id"), outcome=Outcome.OVERRIDDEN)


def _added() -> QuerySet[AddedReason]:
    return AddedReason.objects.filter(decision_id=OuterRef("id"))


def is_asked_blind(actor: Actor) -> bool:
    """Whether the actor could be asked for an opinion that must not know what the model said."""
    return actor.may(REVIEW) and not actor.may(KNOW_THE_MODEL)


def known_to(actor: Actor, rows: Rows) -> Rows:
    """Of some predictions, those whose model's side the actor may know: by it alone they may be narrowed."""
    if not is_asked_blind(actor):
        return rows
    is_blind = QueueSettings.objects.filter(queue=OuterRef("queue"), is_first_round_blind=True)
    blind = _open_items().filter(Q(is_sampled=True) | Exists(is_blind), round__lte=SECOND)
    return rows.exclude(Exists(blind))


def with_reason(rows: Rows, code: int) -> Rows:
    given = PredictionReason.objects.filter(prediction=OuterRef("id"), reason__code=code)
    return rows.filter(Exists(given))


def decided_by(rows: Rows, member_id: UUID) -> Rows:
    """Predictions that a member has decided."""
    return rows.filter(Exists(_items(OuterRef("id")).filter(done_at__isnull=False, holder=member_id)))


def confidence_between(rows: Rows, low: Decimal | None, high: Decimal | None) -> Rows:
    rows = rows.filter(confidence__gte=low) if low is not None else rows
    return rows.filter(confidence__lte=high) if high is not None else rows


def received_between(rows: Rows, since: datetime | None, until: datetime | None) -> Rows:
    """Received from a moment on, and before another."""
    rows = rows.filter(received_at__gte=since) if since else rows
    return rows.filter(received_at__lt=until) if until else rows


def with_product(rows: Rows, text: str) -> Rows:
    """Predictions of one product, by its number or external number as a whole: an index answers."""
    return rows.filter(Q(product_id=text) | Q(external_id=text))
