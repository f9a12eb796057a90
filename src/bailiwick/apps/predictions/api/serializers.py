"""What comes in by the API, in the published shape."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bailiwick.apps.predictions.choices import Outcome, Verdict
from bailiwick.apps.predictions.reading import LARGEST_CODE, MOST_REASONS, ModelField
from bailiwick.apps.predictions.values import AddedAnswer, Answer, ReasonAnswer


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


class AddedReasonSerializer(serializers.Serializer[Any]):
    """A reason that the reviewer adds: a number of the catalogue or a text."""

    reason_id = serializers.IntegerField(min_value=0, max_value=LARGEST_CODE, required=False)
    reason = serializers.CharField(max_length=255, required=False)
    explanation = serializers.CharField(max_length=20_000, required=False, allow_blank=True, trim_whitespace=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if "reason_id" not in values and "reason" not in values:
            raise serializers.ValidationError({"reason_id": _("Give reason_id, or reason as a text.")})
        return values


class PassOnSerializer(TokenSerializer):
    """Why a prediction is left to others; `claim_next` claims the next item in the same request."""

    reason = serializers.CharField(max_length=2000)
    claim_next = serializers.BooleanField(default=False)


class AnswerSerializer(TokenSerializer):
    """The whole answer; `claim_next` claims the next item in the same request."""

    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = ReasonAnswerSerializer(many=True, required=False, max_length=MOST_REASONS)  # type: ignore[call-arg]
    added_reasons = AddedReasonSerializer(many=True, required=False, max_length=MOST_REASONS)  # type: ignore[call-arg]
    note = serializers.CharField(max_length=20_000, required=False, allow_blank=True, allow_null=True)
    claim_next = serializers.BooleanField(default=False)


def answer(values: dict[str, Any]) -> Answer:
    """The checked body as the value that the action takes."""
    reasons = tuple(
        ReasonAnswer(each["reason_id"], each["decision"], each.get("corrected_explanation") or "")
        for each in values.get("reasons", [])
    )
    added = tuple(
        AddedAnswer(each.get("reason_id"), each.get("reason", ""), each.get("explanation", ""))
        for each in values.get("added_reasons", [])
    )
    return Answer(verdict=values["verdict"], reasons=reasons, note=values.get("note") or "", added=added)
