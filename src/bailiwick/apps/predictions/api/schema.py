"""Shapes of the answers, for the API reference."""

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from bailiwick.apps.predictions.choices import Confidence, Outcome, State, Verdict


def _shape(name: str, **fields: Any) -> Any:
    return inline_serializer(name, fields)


class ModelShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    version = serializers.CharField()


class ReasonShape(serializers.Serializer[Any]):
    reason_id = serializers.IntegerField()
    reason = serializers.CharField()
    confidence = serializers.ChoiceField(choices=Confidence.choices)
    score = serializers.FloatField(allow_null=True)
    explanation = serializers.CharField()


class DecidedReasonShape(ReasonShape):
    decision = serializers.ChoiceField(choices=Outcome.choices, allow_null=True)
    corrected_explanation = serializers.CharField()


class AddedReasonShape(serializers.Serializer[Any]):
    reason_id = serializers.IntegerField()
    reason = serializers.CharField()
    explanation = serializers.CharField()


class DeciderShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class DecisionShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    note = serializers.CharField()
    round = serializers.IntegerField()
    member = DeciderShape()
    added_reasons = AddedReasonShape(many=True)
    decided_at = serializers.DateTimeField()
    seconds_spent = serializers.IntegerField()


class SubmittedShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    external_id = serializers.CharField(allow_null=True)
    product_id = serializers.CharField()
    model = ModelShape(allow_null=True)
    verdict = serializers.ChoiceField(choices=Verdict.choices, allow_null=True)
    confidence = serializers.FloatField(allow_null=True)
    title = serializers.CharField()
    text = serializers.CharField()
    link = serializers.CharField()
    attributes = serializers.DictField()
    content_digest = serializers.CharField()
    received_at = serializers.DateTimeField()


class PredictionShape(SubmittedShape):
    state = serializers.ChoiceField(choices=State.choices)
    is_hidden = serializers.BooleanField()
    rejection_reasons = DecidedReasonShape(many=True)
    decision = DecisionShape(allow_null=True)


class ClaimShape(SubmittedShape):
    rejection_reasons = ReasonShape(many=True)
    round = serializers.IntegerField()
    is_blind = serializers.BooleanField()
    claim_token = serializers.CharField()
    lease_expires_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)


PREDICTION = PredictionShape()
CLAIM = ClaimShape()
page_of_predictions = PredictionShape(many=True)
STORED = _shape("StoredPrediction", status=serializers.CharField(), id=serializers.UUIDField())
DECIDED = _shape(
    "StoredDecision",
    status=serializers.CharField(),
    id=serializers.UUIDField(),
    prediction=serializers.UUIDField(),
    next=ClaimShape(allow_null=True, required=False),
)
RELEASED = _shape("ReleasedPrediction", status=serializers.CharField(), prediction=serializers.UUIDField())
PASSED_ON = _shape(
    "PassedOnPrediction",
    status=serializers.CharField(),
    prediction=serializers.UUIDField(),
    next=ClaimShape(allow_null=True, required=False),
)
UNDONE = ClaimShape()
RENEWED = _shape("RenewedLease", status=serializers.CharField(), lease_expires_at=serializers.DateTimeField())
BULK_ROW = {"type": "string", "description": "One prediction a line, as POST /api/predictions/ takes it."}
BULK_LINE = _shape(
    "BulkLine",
    line=serializers.IntegerField(help_text="Of the body, counted from 1.", required=False),
    status=serializers.IntegerField(help_text="201 stored, 200 recognised, else as for one prediction."),
    id=serializers.UUIDField(required=False),
    errors=serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False),
)
