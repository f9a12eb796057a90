"""What people finally said of predictions, one line for each reason."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bailiwick.apps.predictions.queries import outcomes
from bailiwick.apps.predictions.queries.filters import QUEUES
from bailiwick.apps.predictions.queries.predictions import list_predictions
from bailiwick.apps.predictions.queries.records import Standing, list_records
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.rules import FIRST

COLUMNS = (
    ("prediction", _("Prediction")),
    ("external_id", _("External number")),
    ("product_id", _("Product number")),
    ("title", _("Title")),
    ("text", _("Text")),
    ("link", _("Link")),
    ("model", _("Model")),
    ("model_version", _("Version")),
    ("model_verdict", _("Model says")),
    ("confidence", _("Confidence")),
    ("final_verdict", _("People say")),
    ("agrees", _("People agree")),
    ("sampled", _("In the random sample")),
    ("probability", _("Probability of being drawn")),
    ("round", _("Round")),
    ("decided_at", _("Decided")),
    ("decided_by", _("Decided by")),
    ("note", _("Note")),
    ("reason_id", _("Reason number")),
    ("reason", _("Reason")),
    ("given_by", pgettext_lazy("reason", "Given by")),
    ("outcome", _("Outcome")),
    ("explanation", _("Explanation")),
    ("corrected_explanation", _("Corrected explanation")),
)
Label = dict[str, Any]


def list_labelled(
    actor: Actor, *, model: UUID | None, since: datetime | None, after: UUID | None, limit: int
) -> list[UUID]:
    """The next decided predictions in the order in which they came."""
    rows = list_predictions(actor).select_related(None)
    rows = rows.filter(model_id=model) if model else rows
    rows = outcomes.decided(rows, since=since).order_by("id")
    return list((rows.filter(id__gt=after) if after else rows).values_list("id", flat=True)[:limit])


def list_labels(actor: Actor, keys: Sequence[UUID]) -> Iterator[Label]:
    """What the model said and what people finally say, a line for each reason of either; one where there is none."""
    items = WorkItem.objects.filter(queue__in=QUEUES, subject_id__in=keys, round=FIRST)
    drawn = {
        subject: (is_sampled, probability)
        for subject, is_sampled, probability in items.values_list("subject_id", "is_sampled", "probability")
    }
    for standing in list_records(actor, keys):
        of_all = _of_prediction(standing) | dict(
            zip(("sampled", "probability"), drawn[standing.record.id], strict=True)
        )
        for said in _reasons(standing) or [{}]:
            yield of_all | said


def _of_prediction(standing: Standing) -> Label:
    record, outcome = standing.record, standing.outcome
    assert outcome
    return {
        "prediction": str(record.id),
        "external_id": record.external_id,
        "product_id": record.product_id,
        "title": record.title,
        "text": record.text,
        "link": record.link,
        "model": record.model_name,
        "model_version": record.model_version,
        "model_verdict": record.verdict,
        "confidence": record.confidence,
        "final_verdict": outcome.verdict,
        "agrees": outcome.verdict == record.verdict,
        "round": outcome.round,
        "decided_at": outcome.decided_at,
        "decided_by": outcome.member.name,
        "note": outcome.note,
    }


def _reasons(standing: Standing) -> list[Label]:
    given = [
        {
            "reason_id": each["reason_id"],
            "reason": each["reason"],
            "given_by": "model",
            "outcome": each["decision"],
            "explanation": each["explanation"],
            "corrected_explanation": each["corrected_explanation"],
        }
        for each in standing.record.given_reasons
    ]
    added = orjson.loads(standing.outcome.added) if standing.outcome else []
    return given + [each | {"given_by": "people", "outcome": outcomes.ADDED} for each in added]
