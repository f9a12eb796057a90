"""Taking in what a model said."""

import hashlib
import hmac
import os

from django.db import IntegrityError, transaction

from bailiwick.apps.predictions.actions.catalogue import resolve_model, resolve_reasons
from bailiwick.apps.predictions.errors import ExternalIdTaken
from bailiwick.apps.predictions.manifest import REVIEW_QUEUE, SUBMIT
from bailiwick.apps.predictions.models import Prediction, PredictionReason, Reason
from bailiwick.apps.predictions.values import NewPrediction
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.digests import canonical_json
from bailiwick.kernel.tenancy.queries import get_secret
from bailiwick.kernel.worklist.actions import queue_item

INGEST_KEY = "ingest"


def submit_prediction(*, actor: Actor, new: NewPrediction) -> tuple[Prediction, bool]:
    """Store a prediction with its reasons and queue its review; the second value says whether it is new.

    Sent again it is recognised by its external number, else by its whole body, and returned as it stands.
    Raises ExternalIdTaken when the number came before with another body.
    """
    actor.require(SUBMIT)
    with transaction.atomic(savepoint=False):
        identity, body = _identify(actor, new)
        reasons = resolve_reasons(new.reasons)
        try:
            with transaction.atomic():
                prediction = _write_prediction(actor, new, identity, body, reasons)
        except IntegrityError:
            return _recognise(identity, body), False
        _write_reasons(prediction, new, reasons)
        queue_item(REVIEW_QUEUE, prediction, content_digest=bytes(prediction.content_digest))
        record(actor.ref, "predictions.prediction.submitted", prediction, {"product": new.product_id})
        return prediction, True


def _identify(actor: Actor, new: NewPrediction) -> tuple[bytes, bytes]:
    key = get_secret(INGEST_KEY)
    body = _keyed(key, canonical_json(new.canonical()))
    name = [str(actor.member_id), new.external_id or body.hex()]
    return _keyed(key, canonical_json(name)), body


def _keyed(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, hashlib.sha256)


def _recognise(identity: bytes, body: bytes) -> Prediction:
    stored: Prediction = Prediction.objects.get(identity=identity)
    if bytes(stored.body) != body:
        raise ExternalIdTaken(id=str(stored.id))
    return stored


def _write_prediction(
    actor: Actor, new: NewPrediction, identity: bytes, body: bytes, reasons: list[Reason]
) -> Prediction:
    salt = os.urandom(16)
    content = new.canonical() | {"codes": [reason.code for reason in reasons]}
    return Prediction.objects.create(
        submitted_by_id=actor.member_id,
        identity=identity,
        body=body,
        salt=salt,
        content_digest=hashlib.sha256(salt + canonical_json(content)).digest(),
        model_id=resolve_model(new.model_name, new.model_version),
        external_id=new.external_id,
        product_id=new.product_id,
        verdict=new.verdict,
        confidence=new.confidence,
        title=new.title,
        text=new.text,
        link=new.link,
        attributes=dict(new.attributes),
    )


def _write_reasons(prediction: Prediction, new: NewPrediction, reasons: list[Reason]) -> None:
    PredictionReason.objects.bulk_create(
        PredictionReason(
            prediction_id=prediction.id,
            position=position,
            reason_id=reason.id,
            confidence=given.confidence,
            score=given.score,
            explanation=given.explanation,
        )
        for position, (given, reason) in enumerate(zip(new.reasons, reasons, strict=True), start=1)
    )
