"""A prediction as any door is given it: checked in form, and told field by field where it is not in order."""

import threading
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bailiwick.apps.predictions.choices import Confidence, Verdict
from bailiwick.apps.predictions.models import Import
from bailiwick.apps.predictions.rules import confidence_of, shape
from bailiwick.apps.predictions.values import NewPrediction, NewReason
from bailiwick.kernel.api.problems import flatten
from bailiwick.kernel.api.rendering import from_json, to_json
from bailiwick.kernel.base.errors import InvalidInput

MOST_REASONS = 100
LARGEST_CODE = 2**63 - 1
LONGEST = {"product_id": 255, "external_id": 255, "title": 500, "text": 200_000, "link": 2000}
LONGEST_REASON, LONGEST_EXPLANATION = 255, 20_000
LONGEST_NAME, LONGEST_VERSION = 100, 50
VERDICTS, CONFIDENCES = frozenset(Verdict.values), frozenset(Confidence.values)

_check_link = URLValidator(schemes=["http", "https"])
_mine = threading.local()


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
        if not name.strip() or len(name) > LONGEST_NAME or len(version) > LONGEST_VERSION:
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
    reason = serializers.CharField(max_length=LONGEST_REASON, required=False)
    confidence = serializers.ChoiceField(choices=Confidence.choices, required=False)
    score = ProbabilityField(required=False)
    explanation = serializers.CharField(max_length=LONGEST_EXPLANATION, trim_whitespace=False)

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

    product_id = serializers.CharField(max_length=LONGEST["product_id"])
    rejection_reasons = NewReasonSerializer(many=True, required=False, max_length=MOST_REASONS)  # type: ignore[call-arg]
    external_id = serializers.CharField(max_length=LONGEST["external_id"], required=False, allow_blank=True)
    model = ModelField(required=False)
    verdict = serializers.ChoiceField(choices=Verdict.choices, default=Verdict.REJECT)
    confidence = ProbabilityField(required=False, allow_null=True)
    title = serializers.CharField(max_length=LONGEST["title"], required=False, allow_blank=True)
    text = serializers.CharField(max_length=LONGEST["text"], required=False, allow_blank=True, trim_whitespace=False)
    link = serializers.CharField(max_length=LONGEST["link"], required=False, allow_blank=True, validators=[_check_link])
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


class NotPlain(Exception):
    """Something that the serializer has to look at."""


def plain_prediction(row: Any) -> NewPrediction | None:
    """What the serializer would make of a row that is plainly in order, at a fraction of its cost; else None."""
    if type(row) is not dict:
        return None
    try:
        name, version = _plain_model(row["model"]) if "model" in row else ("", "")
        new = NewPrediction(
            product_id=_plain_text(row, "product_id"),
            verdict=_plain_word(row.get("verdict", Verdict.REJECT.value), VERDICTS),
            reasons=_plain_reasons(row.get("rejection_reasons", [])),
            external_id=_plain_text(row, "external_id"),
            model_name=name,
            model_version=version,
            confidence=_plain_probability(row.get("confidence")),
            title=_plain_text(row, "title"),
            text=_plain(row.get("text", ""), LONGEST["text"]),
            link=_plain_link(_plain_text(row, "link")),
            attributes=_plain_attributes(row.get("attributes", {})),
        )
    except NotPlain:
        return None
    return new if new.product_id and (new.reasons or new.verdict == Verdict.ACCEPT) else None


def _plain(value: Any, longest: int) -> str:
    if type(value) is not str or len(value) > longest:
        raise NotPlain
    return value


def _trimmed(value: Any, longest: int) -> str:
    if type(value) is not str or len(value) > longest or value.strip() != value:
        raise NotPlain
    return value


def _plain_text(row: dict[str, Any], name: str) -> str:
    return _trimmed(row.get(name, ""), LONGEST[name])


def _plain_word(value: Any, words: frozenset[str]) -> str:
    if type(value) is not str or value not in words:
        raise NotPlain
    return value


def _plain_probability(value: Any) -> Decimal | None:
    if value is None:
        return None
    if type(value) is not float or not 0 <= value <= 1:
        raise NotPlain
    return _probability(value)


# The scores of a model come again and again.
@lru_cache(maxsize=10_000)
def _probability(value: float) -> Decimal:
    return round(Decimal(str(value)), 8).normalize() + 0


def _plain_link(value: str) -> str:
    if value:
        try:
            _check_link(value)
        except ValidationError as fault:
            raise NotPlain from fault
    return value


def _plain_attributes(value: Any) -> dict[str, Any]:
    if type(value) is not dict:
        raise NotPlain
    return value


def _plain_model(value: Any) -> tuple[str, str]:
    given = {"name": value} if type(value) is str else value
    if type(given) is not dict or given.keys() - {"name", "version"}:
        raise NotPlain
    name = _trimmed(given.get("name"), LONGEST_NAME)
    if not name:
        raise NotPlain
    return name, _trimmed(given.get("version", ""), LONGEST_VERSION)


def _plain_reasons(value: Any) -> tuple[NewReason, ...]:
    if type(value) is not list or len(value) > MOST_REASONS:
        raise NotPlain
    return tuple([_plain_reason(each) for each in value])


def _plain_reason(given: Any) -> NewReason:
    if type(given) is not dict:
        raise NotPlain
    code = given.get("reason_id") if "reason_id" in given else None
    if "reason_id" in given and (type(code) is not int or not 0 <= code <= LARGEST_CODE):
        raise NotPlain
    title = _trimmed(given["reason"], LONGEST_REASON) if "reason" in given else ""
    explanation = _plain(given.get("explanation"), LONGEST_EXPLANATION)
    score = given.get("score")
    if not explanation or ("reason" in given and not title) or (code is None and not title):
        raise NotPlain
    if "score" in given and score is None:
        raise NotPlain
    known = _plain_probability(score)
    if "confidence" in given:
        stated = _plain_word(given["confidence"], CONFIDENCES)
    elif known is not None:
        stated = confidence_of(known).value
    else:
        raise NotPlain
    return NewReason(explanation, stated, code, title, known)


def read_prediction(row: Any) -> NewPrediction:
    """A row of JSON as the value that actions take; raises InvalidInput naming every field that is wrong."""
    new = plain_prediction(row)
    if new is not None:
        return new
    try:
        return new_prediction(_checker().run_validation(row))
    except serializers.ValidationError as refusal:
        raise InvalidInput(flatten(refusal.detail)) from refusal


def _checker() -> NewPredictionSerializer:
    """This thread's serializer: making one copies every field, and checking leaves nothing behind in it."""
    if not hasattr(_mine, "checker"):
        _mine.checker = NewPredictionSerializer()
    return _mine.checker


def read_row(opened: Import, rows: Sequence[Mapping[str, Any]]) -> NewPrediction:
    """A row of a file, read as if it had been sent to the API; raises InvalidInput, InvalidJson, InvalidText."""
    [values] = rows
    return read_prediction(from_json(to_json(shape(opened.layout, opened.mapping, values))))
