"""Shapes of the answers, for the API reference."""

from typing import Any

from rest_framework import serializers

from bailiwick.kernel.access.api.explaining import ExplanationShape, NamedShape
from bailiwick.kernel.audit.choices import Operation, Veil


class RecordShape(serializers.Serializer[Any]):
    """A record by its kind ("app.model") and its key."""

    type = serializers.CharField()
    id = serializers.UUIDField()


class EventShape(serializers.Serializer[Any]):
    """`hidden` names what is left out for whoever lacks `audit.read_sensitive`; `member` null: the system."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    verb = serializers.CharField()
    sentence = serializers.CharField()
    subject = RecordShape()
    member = NamedShape(allow_null=True)
    credential = serializers.CharField()
    credential_id = serializers.UUIDField(allow_null=True)
    request_id = serializers.CharField()
    address = serializers.CharField(allow_null=True)
    right = serializers.CharField(allow_null=True)
    over = RecordShape(allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]
    hidden = serializers.ListField(child=serializers.CharField())


class ColumnShape(serializers.Serializer[Any]):
    """`veil` says why neither value is given: it is hidden from the caller, or was never stored."""

    name = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)
    veil = serializers.ChoiceField(choices=Veil.choices, allow_null=True)


class ChangeShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    record = RecordShape()
    operation = serializers.ChoiceField(choices=Operation.choices)
    columns = ColumnShape(many=True)
    member = NamedShape(allow_null=True)
    request_id = serializers.CharField()


class WholeEventShape(EventShape):
    """With what its request changed and what else it did (100 at most), and why whoever did it was allowed to.

    `explanation` null: no right was asked for, or the caller may not ask why others may.
    """

    on_behalf_of = serializers.ListField(child=serializers.CharField())
    changes = ChangeShape(many=True)
    events = EventShape(many=True)
    explanation = ExplanationShape(allow_null=True)


EVENTS = EventShape(many=True)
CHANGES = ChangeShape(many=True)
WHOLE_EVENT = WholeEventShape()
