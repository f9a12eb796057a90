"""Filters of predictions by what became of them: the same cases that the statistics count."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from bailiwick.apps.predictions.manifest import DISPUTE_QUEUE, REVIEW_QUEUE
from bailiwick.apps.predictions.models import AddedReason, GoldAnswer, Prediction, ReasonDecision
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import live_decisions
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.rules import FIRST, FIRST_GOLD_ROUND, SECOND

Rows = QuerySet[Prediction]
ADDED = "added"
"""What is said of a reason that people gave and the model did not, beside what is said of the model's."""


def _items(subject: object) -> QuerySet[WorkItem]:
    asked = WorkItem.objects.filter(queue__in=(REVIEW_QUEUE.code, DISPUTE_QUEUE.code), subject_id=subject)
    return asked.filter(is_withdrawn=False)


def _rounds(subject: object) -> QuerySet[WorkItem]:
    return _items(subject).filter(round__lt=FIRST_GOLD_ROUND)


def _open() -> QuerySet[WorkItem]:
    return _rounds(OuterRef("id")).filter(done_at=None)


def _final() -> QuerySet[Decision]:
    """The decision of the last round: it counts once nothing is open."""
    last = _rounds(OuterRef(OuterRef("id"))).order_by("-round").values("id")[:1]
    return live_decisions().filter(item_id=Subquery(last))


def _within(decisions: QuerySet[Decision], since: datetime | None, until: datetime | None) -> QuerySet[Decision]:
    decisions = decisions.filter(decided_at__gte=since) if since else decisions
    return decisions.filter(decided_at__lt=until) if until else decisions


def undecided(rows: Rows) -> Rows:
    """Predictions that wait for somebody, or are held."""
    return rows.filter(Exists(_open()))


def waiting_since(rows: Rows, since: datetime | None, until: datetime | None) -> Rows:
    """Undecided predictions whose opinion that is due has been asked for from a moment on, and before another."""
    found = _open()
    found = found.filter(queued_at__gte=since) if since else found
    return rows.filter(Exists(found.filter(queued_at__lt=until) if until else found))


def decided(
    rows: Rows,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    verdict: str = "",
    agrees: bool | None = None,
) -> Rows:
    """Predictions finally decided from a moment on and before another: how, and whether as the model said."""
    found = _within(_final(), since, until)
    found = found.filter(verdict=verdict) if verdict else found
    if agrees is not None:
        same = Q(verdict=OuterRef("verdict"))
        found = found.filter(same if agrees else ~same)
    return rows.filter(~Exists(_open()), Exists(found))


def with_outcome(rows: Rows, code: int, outcome: str) -> Rows:
    """Decided predictions of which a reason was finally confirmed, overridden or added."""
    if outcome == ADDED:
        said = Exists(AddedReason.objects.filter(decision_id=OuterRef("id"), reason__code=code))
    else:
        given = ReasonDecision.objects.filter(decision_id=OuterRef("id"), prediction_reason__reason__code=code)
        said = Exists(given.filter(outcome=outcome) if outcome else given)
    return rows.filter(~Exists(_open()), Exists(_final().filter(said)))


def sampled(rows: Rows, is_sampled: bool) -> Rows:
    """Predictions that were drawn into the random sample, or were not."""
    return rows.filter(Exists(_rounds(OuterRef("id")).filter(round=FIRST, is_sampled=is_sampled)))


def _opinions(member_id: UUID) -> QuerySet[Decision]:
    items = _items(OuterRef(OuterRef("id"))).values("id")
    return live_decisions().exclude(meaning=Meaning.UNDO).filter(member_id=member_id, item_id__in=items)


def decided_by(rows: Rows, member_id: UUID, since: datetime | None = None, until: datetime | None = None) -> Rows:
    """Predictions of which a member gave an opinion that stands, from a moment on and before another."""
    return rows.filter(Exists(_within(_opinions(member_id).filter(round__lt=FIRST_GOLD_ROUND), since, until)))


def compared(rows: Rows, one: UUID, other: UUID, since: datetime | None = None, until: datetime | None = None) -> Rows:
    """Predictions of which two members gave the first and the second opinion, the second within some time."""

    def in_turn(first: UUID, second: UUID) -> Q:
        last = _within(_opinions(second).filter(round=SECOND), since, until)
        return Q(Exists(_opinions(first).filter(round=FIRST)), Exists(last))

    return rows.filter(in_turn(one, other) | in_turn(other, one))


def judged_twice(rows: Rows, since: datetime | None = None, until: datetime | None = None) -> Rows:
    """Predictions of which a first and a second opinion stand, the second within some time."""

    def of_round(number: int) -> QuerySet[Decision]:
        items = _items(OuterRef(OuterRef("id"))).values("id")
        return live_decisions().exclude(meaning=Meaning.UNDO).filter(round=number, item_id__in=items)

    return rows.filter(Exists(of_round(FIRST)), Exists(_within(of_round(SECOND), since, until)))


def gold_by(
    rows: Rows, member_id: UUID, is_right: bool | None, since: datetime | None = None, until: datetime | None = None
) -> Rows:
    """Predictions with a known answer that a member was asked for, and whether they knew it."""
    asked = _within(_opinions(member_id).filter(round__gte=FIRST_GOLD_ROUND), since, until)
    if is_right is None:
        return rows.filter(Exists(asked))
    known = GoldAnswer.objects.filter(prediction_id=OuterRef(OuterRef("id")), verdict=OuterRef("verdict"))
    return rows.filter(Exists(asked.filter(Exists(known) if is_right else ~Exists(known))))


def in_bin(rows: Rows, number: int) -> Rows:
    """Predictions whose confidence lies in one of ten bins; the last has both its ends."""
    rows = rows.filter(confidence__gte=Decimal(number) / 10)
    return rows if number == 9 else rows.filter(confidence__lt=Decimal(number + 1) / 10)


def of_models(rows: Rows, keys: list[str]) -> Rows:
    """Predictions of some model versions; "none" stands for those that came without naming one."""
    named = Q(model_id__in=[key for key in keys if key != "none"])
    return rows.filter(named | Q(model=None) if "none" in keys else named)
