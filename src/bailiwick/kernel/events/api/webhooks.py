"""Webhooks by API: list, add, look at one, change and remove it, its secret, off and on, a test, a time again."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.kernel.api.views import Endpoint, ListEndpoint
from bailiwick.kernel.events.actions.deliveries import replay_span
from bailiwick.kernel.events.actions.webhooks import (
    add_webhook,
    change_webhook,
    open_webhook,
    remove_webhook,
    rotate_secret,
    send_test,
    stop_webhook,
)
from bailiwick.kernel.events.choices import Stop
from bailiwick.kernel.events.manifest import WEBHOOKS
from bailiwick.kernel.events.models import Webhook
from bailiwick.kernel.events.queries import get_webhook, list_webhooks

TAGS = ["webhooks"]


class WebhookShape(serializers.Serializer[Any]):
    """`stop` says why nothing is sent, and is empty where it is."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    url = serializers.CharField()
    verbs = serializers.ListField(child=serializers.CharField())
    stop = serializers.ChoiceField(choices=Stop.choices, allow_blank=True)
    failing_since = serializers.DateTimeField(allow_null=True)
    former_until = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class SecretWebhookShape(WebhookShape):
    secret = serializers.CharField()


class GivenWebhook(serializers.Serializer[Any]):
    """Without verbs a webhook is told of every event."""

    title = serializers.CharField(max_length=200)
    url = serializers.CharField(max_length=1000)
    verbs = serializers.ListField(
        child=serializers.CharField(max_length=100), max_length=500, required=False, default=list
    )


class GivenSpan(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()


class ReplayedShape(serializers.Serializer[Any]):
    events = serializers.IntegerField()


class Webhooks(ListEndpoint):
    """The organisation's webhooks, newest first; a new one, whose secret is answered once and never again."""

    right = WEBHOOKS
    # A kept answer would keep the secret.
    is_kept = False

    def rows(self) -> QuerySet[Webhook]:
        return list_webhooks(self.actor)

    def present(self, rows: list[Webhook]) -> list[Any]:
        return [show_webhook(row) for row in rows]

    @extend_schema(operation_id="webhooks_list", responses=WebhookShape(many=True), tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="webhooks_add", request=GivenWebhook, responses={201: SecretWebhookShape}, tags=TAGS)
    def post(self, request: Request) -> HttpResponse:
        webhook = add_webhook(actor=self.actor, **self.read(GivenWebhook))
        return self.respond(show_webhook(webhook, secret=webhook.secret), status=201)


class OneWebhook(Endpoint):
    """One webhook."""

    right = WEBHOOKS

    @extend_schema(operation_id="webhooks_get", responses=WebhookShape, tags=TAGS)
    def get(self, request: Request, webhook_id: UUID) -> HttpResponse:
        return self.respond(show_webhook(get_webhook(self.actor, webhook_id)))

    @extend_schema(operation_id="webhooks_change", request=GivenWebhook, responses=WebhookShape, tags=TAGS)
    def put(self, request: Request, webhook_id: UUID) -> HttpResponse:
        get_webhook(self.actor, webhook_id)
        given = self.read(GivenWebhook)
        return self.respond(show_webhook(change_webhook(actor=self.actor, webhook_id=webhook_id, **given)))

    @extend_schema(operation_id="webhooks_remove", responses={204: None}, tags=TAGS)
    def delete(self, request: Request, webhook_id: UUID) -> HttpResponse:
        remove_webhook(actor=self.actor, webhook_id=webhook_id)
        return self.respond()


class RotateEndpoint(Endpoint):
    """A new secret; for a day messages are signed with the former too."""

    right = WEBHOOKS
    is_kept = False

    @extend_schema(operation_id="webhooks_rotate", request=None, responses=SecretWebhookShape, tags=TAGS)
    def post(self, request: Request, webhook_id: UUID) -> HttpResponse:
        webhook = rotate_secret(actor=self.actor, webhook_id=webhook_id)
        return self.respond(show_webhook(webhook, secret=webhook.secret))


class StopEndpoint(Endpoint):
    """Send nothing until it is turned on again; what waits goes on waiting."""

    right = WEBHOOKS

    @extend_schema(operation_id="webhooks_stop", request=None, responses=WebhookShape, tags=TAGS)
    def post(self, request: Request, webhook_id: UUID) -> HttpResponse:
        return self.respond(show_webhook(stop_webhook(actor=self.actor, webhook_id=webhook_id)))


class OpenEndpoint(Endpoint):
    """Send again; what waited goes first."""

    right = WEBHOOKS

    @extend_schema(operation_id="webhooks_open", request=None, responses=WebhookShape, tags=TAGS)
    def post(self, request: Request, webhook_id: UUID) -> HttpResponse:
        return self.respond(show_webhook(open_webhook(actor=self.actor, webhook_id=webhook_id)))


class TestEndpoint(Endpoint):
    """Send an event of its own, `events.webhook.tested`."""

    right = WEBHOOKS

    @extend_schema(operation_id="webhooks_test", request=None, responses={204: None}, tags=TAGS)
    def post(self, request: Request, webhook_id: UUID) -> HttpResponse:
        send_test(actor=self.actor, webhook_id=webhook_id)
        return self.respond()


class ReplaySpanEndpoint(Endpoint):
    """Send what happened between two moments once more, or for the first time; ids and bodies stay the same."""

    right = WEBHOOKS

    @extend_schema(operation_id="webhooks_replay", request=GivenSpan, responses=ReplayedShape, tags=TAGS)
    def post(self, request: Request, webhook_id: UUID) -> HttpResponse:
        get_webhook(self.actor, webhook_id)
        given = self.read(GivenSpan)
        return self.respond({"events": replay_span(actor=self.actor, webhook_id=webhook_id, **given)})


def show_webhook(webhook: Webhook, *, secret: str = "") -> dict[str, Any]:
    """A webhook as it goes out: never its secret, but where it is new."""
    shown = {
        "id": webhook.id,
        "title": webhook.title,
        "url": webhook.url,
        "verbs": webhook.verbs,
        "stop": webhook.stop,
        "failing_since": webhook.failing_since,
        "former_until": webhook.former_until,
        "created_at": webhook.created_at,
    }
    return shown | {"secret": secret} if secret else shown
