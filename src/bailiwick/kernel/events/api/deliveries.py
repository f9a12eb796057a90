"""What webhooks were sent, by API: list, and send one again."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.kernel.api.views import Endpoint, ListEndpoint
from bailiwick.kernel.events.actions.deliveries import replay_delivery
from bailiwick.kernel.events.choices import DeliveryState
from bailiwick.kernel.events.manifest import WEBHOOKS
from bailiwick.kernel.events.models import Delivery
from bailiwick.kernel.events.queries import get_delivery, list_deliveries
from bailiwick.kernel.events.rules import message_id


class DeliveryShape(serializers.Serializer[Any]):
    """`message_id` is what the receiver gets as `webhook-id`; `failure` says why there was no answer."""

    id = serializers.UUIDField()
    webhook = serializers.UUIDField()
    message_id = serializers.CharField()
    event = serializers.UUIDField()
    verb = serializers.CharField()
    happened_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=DeliveryState.choices)
    tries = serializers.IntegerField()
    tried_at = serializers.DateTimeField(allow_null=True)
    next_try_at = serializers.DateTimeField(allow_null=True)
    status = serializers.IntegerField(allow_null=True)
    answer = serializers.CharField()
    failure = serializers.CharField()


class DeliveryFilter(FilterSet):
    """Every parameter narrows; together they all hold."""

    webhook = django_filters.UUIDFilter(field_name="webhook_id")
    state = django_filters.ChoiceFilter(choices=DeliveryState.choices)
    verb = django_filters.CharFilter()

    class Meta:
        model = Delivery
        fields: list[str] = []


class Deliveries(ListEndpoint):
    """What the organisation's webhooks were and are to be sent, newest first."""

    right = WEBHOOKS
    filterset_class = DeliveryFilter

    def rows(self) -> QuerySet[Delivery]:
        return list_deliveries(self.actor)

    def present(self, rows: list[Delivery]) -> list[Any]:
        return [show_delivery(row) for row in rows]

    @extend_schema(operation_id="deliveries_list", responses=DeliveryShape(many=True), tags=["webhooks"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs)


class ReplayEndpoint(Endpoint):
    """Send an event again, under the same id."""

    right = WEBHOOKS

    @extend_schema(operation_id="deliveries_replay", request=None, responses=DeliveryShape, tags=["webhooks"])
    def post(self, request: Request, delivery_id: UUID) -> HttpResponse:
        replay_delivery(actor=self.actor, delivery_id=delivery_id)
        return self.respond(show_delivery(get_delivery(self.actor, delivery_id)))


def show_delivery(delivery: Delivery) -> dict[str, Any]:
    """A delivery as it goes out."""
    return {
        "id": delivery.id,
        "webhook": delivery.webhook_id,
        "message_id": message_id(delivery.webhook_id, delivery.event_id),
        "event": delivery.event_id,
        "verb": delivery.verb,
        "happened_at": delivery.at,
        "state": delivery.state,
        "tries": delivery.tries,
        "tried_at": delivery.tried_at,
        "next_try_at": delivery.available_at if delivery.state == DeliveryState.WAITING else None,
        "status": delivery.status,
        "answer": delivery.answer,
        "failure": delivery.failure,
    }
