"""The filters of lists of predictions, the same for pages and API."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import now

from bailiwick.apps.predictions.choices import State
from bailiwick.apps.predictions.manifest import REVIEW_QUEUE
from bailiwick.apps.predictions.models import Prediction, PredictionReason, ReasonDecision
from bailiwick.kernel.decisions.queries import live_decisions
from bailiwick.kernel.worklist.models import WorkItem

Rows = QuerySet[Prediction]


def in_state(rows: Rows, state: str) -> Rows:
    """Predictions whose latest round waits, is held, or was decided as the model said or otherwise."""
    items = WorkItem.objects.filter(queue=REVIEW_QUEUE.code, subject_id=OuterRef("id"))
    if state == State.HELD:
        return rows.filter(Exists(items.filter(done_at=None, holder__isnull=False, available_at__gt=now())))
    if state == State.WAITING:
        return rows.filter(Exists(items.filter(Q(holder=None) | Q(available_at__lte=now()), done_at=None)))
    outer = WorkItem.objects.filter(queue=REVIEW_QUEUE.code, subject_id=OuterRef(OuterRef("id")))
    decided = live_decisions().filter(item_id__in=outer.values("id"))
    differs = Exists(decided.exclude(verdict=OuterRef("verdict"))) | Exists(overridden_reasons())
    rows = rows.filter(Exists(decided))
    return rows.filter(differs) if state == State.OVERRIDDEN else rows.exclude(differs)


def overridden_reasons() -> QuerySet[ReasonDecision]:
    live = live_decisions().filter(id=OuterRef("decision_id"))
    return ReasonDecision.objects.filter(
        Exists(live), prediction_reason__prediction=OuterRef("id"), outcome="overridden"
    )


def with_reason(rows: Rows, code: int) -> Rows:
    given = PredictionReason.objects.filter(prediction=OuterRef("id"), reason__code=code)
    return rows.filter(Exists(given))


def decided_by(rows: Rows, member_id: object) -> Rows:
    """Predictions that a member has decided."""
    items = WorkItem.objects.filter(queue=REVIEW_QUEUE.code, subject_id=OuterRef("id"), done_at__isnull=False)
    return rows.filter(Exists(items.filter(holder_id=member_id)))


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
