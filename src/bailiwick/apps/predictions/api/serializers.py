"""What comes in by the API, in the published shape."""

from decimal import Decimal
from typing import Any

from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bailiwick.apps.predictions.choices import Confidence, Outcome, Verdict
from bailiwick.apps.predictions.rules import confidence_of
from bailiwick.apps.predictions.values import Answer, NewPrediction, NewReason, ReasonAnswer

MOST_REASONS = 100
LARGEST_CODE = 2**63 - 1


class ProbabilityField(serializers.DecimalField):
    """A number from 0 to 1, kept to eight places."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=None, decimal_places=None, min_value=Decimal(0), max_value=Decimal(1), **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool):
            self.fail("invalid")
        return round(super().to_internal_value(data), 8).normalize() + 0


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "maxLength": 100},
            {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 100},
                    "version": {"type": "string", "maxLength": 50},
                },
            },
        ]
    }
)
class ModelField(serializers.Field):  # type: ignore[type-arg]
    """`{"name", "version"}`, or the name alone."""

    default_error_messages = {
        "invalid": _("Give a name, or an object with name (up to 100 characters) and version (up to 50)."),
    }

    def to_internal_value(self, data: Any) -> tuple[str, str]:
        name, version = (data, "") if isinstance(data, str) else self._parts(data)
        if not name.strip() or len(name) > 100 or len(version) > 50:
            self.fail("invalid")
        return name.strip(), version.strip()

    def _parts(self, data: Any) -> tuple[str, str]:
        if not isinstance(data, dict) or data.keys() - {"name", "version"}:
            self.fail("invalid")
        name, version = data.get("name"), data.get("version", "")
        if not isinstance(name, str) or not isinstance(version, str | int | float) or isinstance(version, bool):
            self.fail("invalid")
        return name, str(version)


class NewReasonSerializer(serializers.Serializer[Any]):
    """One reason: a number of the catalogue or a text, with a confidence, a score, or both."""

    reason_id = serializers.IntegerField(min_value=0, max_value=LARGEST_CODE, required=False)
    reason = serializers.CharField(max_length=255, required=False)
    confidence = serializers.ChoiceField(choices=Confidence.choices, required=False)
    score = ProbabilityField(required=False)
    explanation = serializers.CharField(max_length=20_000, trim_whitespace=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        faults = {}
        if "reason_id" not in values and "reason" not in values:
            faults["reason_id"] = _("Give reason_id, or reason as a text.")
        if "confidence" not in values and "score" not in values:
            faults["confidence"] = _("Give confidence (High, Medium or Low), score (0 to 1), or both.")
        if faults:
            raise serializers.ValidationError(faults)
        return values


class NewPredictionSerializer(serializers.Serializer[Any]):
    """A prediction as models submit it."""

    product_id = serializers.CharField(max_length=255)
    rejection_reasons = NewReasonSerializer(many=True, required=False, max_length=MOST_REASONS)  # type: ignore[call-arg]
    external_id = serializers.CharField(max_length=255, required=False, allow_blank=True)
    model = ModelField(required=False)
    verdict = serializers.ChoiceField(choices=Verdict.choices, default=Verdict.REJECT)
    confidence = ProbabilityField(required=False, allow_null=True)
    title = serializers.CharField(max_length=500, required=False, allow_blank=True)
    text = serializers.CharField(max_length=200_000, required=False, allow_blank=True, trim_whitespace=False)
    link = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )
    attributes = serializers.DictField(required=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if values["verdict"] == Verdict.REJECT and not values.get("rejection_reasons"):
            sentence = _("Give at least one reason, or verdict “accept”.")
            raise serializers.ValidationError({"rejection_reasons": sentence})
        return values


def new_prediction(values: dict[str, Any]) -> NewPrediction:
    """The checked body as the value that the action takes."""
    name, version = values.get("model", ("", ""))
    return NewPrediction(
        product_id=values["product_id"],
        verdict=values["verdict"],
        reasons=tuple(_new_reason(each) for each in values.get("rejection_reasons", [])),
        external_id=values.get("external_id", ""),
        model_name=name,
        model_version=version,
        confidence=values.get("confidence"),
        title=values.get("title", ""),
        text=values.get("text", ""),
        link=values.get("link", ""),
        attributes=values.get("attributes", {}),
    )


def _new_reason(values: dict[str, Any]) -> NewReason:
    score: Decimal | None = values.get("score")
    stated = values.get("confidence") or (confidence_of(score) if score is not None else "")
    return NewReason(
        explanation=values["explanation"],
        confidence=stated,
        code=values.get("reason_id"),
        title=values.get("reason", ""),
        score=score,
    )


class NarrowSerializer(serializers.Serializer[Any]):
    """What a claim is narrowed to: a model (by name, or name and version), a reason of the catalogue, or both."""

    model = ModelField(required=False)
    reason_id = serializers.IntegerField(min_value=0, max_value=LARGEST_CODE, required=False)


class TokenSerializer(serializers.Serializer[Any]):
    claim_token = serializers.CharField(max_length=128)


class ReasonAnswerSerializer(serializers.Serializer[Any]):
    """What the reviewer says of one reason."""

    reason_id = serializers.IntegerField(min_value=0, max_value=LARGEST_CODE)
    decision = serializers.ChoiceField(choices=Outcome.choices)
    corrected_explanation = serializers.CharField(max_length=20_000, required=False, allow_blank=True, allow_null=True)


class AnswerSerializer(TokenSerializer):
    """The whole answer; `claim_next` claims the next item in the same request."""

    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = ReasonAnswerSerializer(many=True, required=False, max_length=MOST_REASONS)  # type: ignore[call-arg]
    note = serializers.CharField(max_length=20_000, required=False, allow_blank=True, allow_null=True)
    claim_next = serializers.BooleanField(default=False)


def answer(values: dict[str, Any]) -> Answer:
    """The checked body as the value that the action takes."""
    reasons = tuple(
        ReasonAnswer(each["reason_id"], each["decision"], each.get("corrected_explanation") or "")
        for each in values.get("reasons", [])
    )
    return Answer(verdict=values["verdict"], reasons=reasons, note=values.get("note") or "")
