"""Taking in what a model said, one at a time."""

import os
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from bailiwick.apps.predictions.actions.catalogue import KnownReason, Named, resolve
from bailiwick.apps.predictions.errors import ExternalIdTaken
from bailiwick.apps.predictions.manifest import INGEST_KEY, REVIEW_QUEUE, SUBMIT
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.rules import digest_content, identify, spell
from bailiwick.apps.predictions.values import NewPrediction
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.tenancy.queries import get_secret
from bailiwick.kernel.worklist.actions import queue_item

COLUMNS = (
    "submitted_by_id",
    "identity",
    "body",
    "salt",
    "content_digest",
    "model_id",
    "external_id",
    "product_id",
    "verdict",
    "confidence",
    "title",
    "text",
    "link",
)
INSERT = f"""
INSERT INTO predictions_prediction ({", ".join(COLUMNS)}, attributes) VALUES ({"%s, " * len(COLUMNS)}%s)
ON CONFLICT (organization_id, identity) DO NOTHING RETURNING id
"""
# Of one shape for any number of reasons, so that the server plans it once.
INSERT_REASONS = """
INSERT INTO predictions_predictionreason (prediction_id, position, reason_id, confidence, score, explanation)
SELECT %s, * FROM unnest(%s::smallint[], %s::uuid[], %s::text[], %s::numeric[], %s::text[])
"""


def submit_prediction(*, actor: Actor, new: NewPrediction) -> tuple[Prediction, bool]:
    """Store a prediction with its reasons and queue its review; the second value says whether it is new.

    Sent again it is recognised by its external number, else by its whole body, and returned as it stands.
    Raises ExternalIdTaken when the number came before with another body, InvalidInput when a reason occurs twice.
    """
    actor.require(SUBMIT)
    with transaction.atomic(savepoint=False):
        content = spell(new)
        identity, body = identify(get_secret(INGEST_KEY), str(actor.member_id), new, content)
        try:
            named = resolve(new)
        except InvalidInput:
            # It may have come before the two were merged into one.
            if not Prediction.objects.filter(identity=identity, body=body).exists():
                raise
            return _recognise(identity, body), False
        prediction = _make_prediction(actor, new, content, identity, body, named)
        if not _insert(prediction):
            return _recognise(identity, body), False
        _write_reasons(prediction, new, named.reasons)
        queue_item(REVIEW_QUEUE, prediction, content_digest=bytes(prediction.content_digest))
        record(actor.ref, "predictions.prediction.submitted", prediction, {"product": new.product_id})
        return prediction, True


def _recognise(identity: bytes, body: bytes) -> Prediction:
    stored: Prediction = Prediction.objects.get(identity=identity)
    if bytes(stored.body) != body:
        raise ExternalIdTaken(id=str(stored.id))
    return stored


def _make_prediction(
    actor: Actor, new: NewPrediction, content: bytes, identity: bytes, body: bytes, named: Named
) -> Prediction:
    salt = os.urandom(16)
    return Prediction(
        submitted_by_id=actor.member_id,
        identity=identity,
        body=body,
        salt=salt,
        content_digest=digest_content(salt, [reason.code for reason in named.reasons], content),
        model_id=named.model_id,
        external_id=new.external_id,
        product_id=new.product_id,
        verdict=new.verdict,
        confidence=new.confidence,
        title=new.title,
        text=new.text,
        link=new.link,
        attributes=dict(new.attributes),
    )


def _insert(prediction: Prediction) -> bool:
    """Whether it was new: one of the same identity is waited for, and wins."""
    values: list[Any] = [getattr(prediction, column) for column in COLUMNS]
    values.append(Jsonb(prediction.attributes))
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        row = cursor.fetchone()
    if row is not None:
        [prediction.id] = row
    return row is not None


def _write_reasons(prediction: Prediction, new: NewPrediction, reasons: list[KnownReason]) -> None:
    rows = [
        (position, reason.id, given.confidence, given.score, given.explanation)
        for position, (given, reason) in enumerate(zip(new.reasons, reasons, strict=True), start=1)
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(INSERT_REASONS, [prediction.id, *(list(column) for column in zip(*rows, strict=True))])
