"""What comes in and goes out of patient events, in the published shape."""

import json
from datetime import date, datetime, time
from typing import Any

import django_filters
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import FilterSet
from rest_framework import serializers

from bailiwick.apps.claims.actions.events.reporting import OWN
from bailiwick.apps.claims.choices import EventState, EventType
from bailiwick.apps.claims.models import PatientEvent
from bailiwick.apps.claims.values.events import NewEvent

LARGEST_DETAILS = 16_384
"""Characters of the details as JSON."""
API = "api"


class DetailsField(serializers.DictField):
    """Whatever the source says of it; of a treatment its `treatment_type`."""

    default_error_messages = {
        "too_large": _("Give at most {n} characters of JSON.").format(n=LARGEST_DETAILS),
    }

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        if len(json.dumps(found)) > LARGEST_DETAILS:
            self.fail("too_large")
        return found


class ChangeEventSerializer(serializers.Serializer[Any]):
    """Where it was and its details; the rest may be named, as it stands."""

    patient = serializers.UUIDField(required=False)
    status_type = serializers.ChoiceField(choices=EventType.choices, required=False)
    occurred_at = serializers.DateTimeField(required=False)
    facility_name = serializers.CharField(max_length=255, required=False, allow_blank=True)
    details = DetailsField(required=False)


class ReplaceEventSerializer(ChangeEventSerializer):
    facility_name = serializers.CharField(max_length=255, allow_blank=True)
    details = DetailsField()


class NewEventSerializer(serializers.Serializer[Any]):
    """The patient by `patient`, or by the number under which the source knows them. Without `source_id` it is new.

    A cancellation says by `cancels` the number of what it takes back, at the same source; a merge by `merged_patient`
    who goes.
    """

    patient = serializers.UUIDField(required=False, allow_null=True)
    patient_reference = serializers.CharField(max_length=50, required=False, allow_blank=True)
    status_type = serializers.ChoiceField(choices=EventType.choices)
    facility_name = serializers.CharField(max_length=255, required=False, allow_blank=True)
    details = DetailsField(required=False)
    occurred_at = serializers.DateTimeField()
    source = serializers.CharField(max_length=100, default=API)  # type: ignore[assignment]
    source_id = serializers.CharField(max_length=200, required=False, allow_blank=True)
    cancels = serializers.CharField(max_length=200, required=False, allow_blank=True)
    merged_patient = serializers.UUIDField(required=False, allow_null=True)

    def validate_source(self, value: str) -> str:
        """The house's own name is for what people take back here."""
        if value.casefold() == OWN:
            raise serializers.ValidationError(_("This name is the house's own. Give another one."))
        return value


def new_event(values: dict[str, Any]) -> NewEvent:
    """The checked body as the value that the action takes."""
    return NewEvent(
        status_type=values["status_type"],
        occurred_at=values["occurred_at"],
        patient_id=values.get("patient"),
        patient_reference=values.get("patient_reference", ""),
        source_id=values.get("source_id", ""),
        facility_name=values.get("facility_name", ""),
        details=values.get("details", {}),
        cancels=values.get("cancels", ""),
        merged_patient_id=values.get("merged_patient"),
    )


class EventFilter(FilterSet):
    """Every parameter narrows; `from_date` and `to_date` are days on which it occurred, both included."""

    patient = django_filters.UUIDFilter(field_name="patient_id")
    status_type = django_filters.ChoiceFilter(choices=EventType.choices)
    from_date = django_filters.DateFilter(method="since")
    to_date = django_filters.DateFilter(method="until")

    class Meta:
        model = PatientEvent
        fields: list[str] = []

    def since(self, rows: Any, _name: str, value: date) -> Any:
        return rows.filter(occurred_at__gte=make_aware(datetime.combine(value, time.min)))

    def until(self, rows: Any, _name: str, value: date) -> Any:
        return rows.filter(occurred_at__lte=make_aware(datetime.combine(value, time.max)))


class PatientEventShape(serializers.Serializer[Any]):
    """An event as it is answered: `state` says how far it is, `moved` how many claims it moved."""

    id = serializers.UUIDField()
    organization = serializers.UUIDField()
    patient = serializers.UUIDField(allow_null=True)
    patient_reference = serializers.CharField()
    status_type = serializers.ChoiceField(choices=EventType.choices)
    facility_name = serializers.CharField()
    details = serializers.DictField()
    occurred_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    source = serializers.CharField()  # type: ignore[assignment]
    source_id = serializers.CharField()
    cancels = serializers.UUIDField(allow_null=True)
    merged_patient = serializers.UUIDField(allow_null=True)
    state = serializers.ChoiceField(choices=EventState.choices)
    applied_at = serializers.DateTimeField(allow_null=True)
    moved = serializers.IntegerField()
