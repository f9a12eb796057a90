from django.urls import path

from bailiwick.kernel.api.routes import both
from bailiwick.kernel.events.api.deliveries import Deliveries, ReplayEndpoint
from bailiwick.kernel.events.api.webhooks import OneWebhook as WebhookEndpoint
from bailiwick.kernel.events.api.webhooks import (
    OpenEndpoint,
    ReplaySpanEndpoint,
    RotateEndpoint,
    StopEndpoint,
    TestEndpoint,
    Webhooks,
)
from bailiwick.kernel.events.web.deliveries import DeliveryList, OneDelivery, ReplayDelivery
from bailiwick.kernel.events.web.webhooks import (
    NewWebhook,
    OneWebhook,
    OpenWebhook,
    RemoveWebhook,
    ReplaySpan,
    RotateSecret,
    StopWebhook,
    TestWebhook,
    WebhookList,
)

app_name = "events"

urlpatterns = [
    path("settings/webhooks/", WebhookList.as_view(), name="webhooks"),
    path("settings/webhooks/new/", NewWebhook.as_view(), name="webhook-new"),
    path("settings/webhooks/deliveries/", DeliveryList.as_view(), name="deliveries"),
    path("settings/webhooks/deliveries/<uuid:delivery_id>/", OneDelivery.as_view(), name="delivery"),
    path("settings/webhooks/deliveries/<uuid:delivery_id>/replay/", ReplayDelivery.as_view(), name="delivery-replay"),
    path("settings/webhooks/<uuid:webhook_id>/", OneWebhook.as_view(), name="webhook"),
    path("settings/webhooks/<uuid:webhook_id>/stop/", StopWebhook.as_view(), name="webhook-stop"),
    path("settings/webhooks/<uuid:webhook_id>/open/", OpenWebhook.as_view(), name="webhook-open"),
    path("settings/webhooks/<uuid:webhook_id>/test/", TestWebhook.as_view(), name="webhook-test"),
    path("settings/webhooks/<uuid:webhook_id>/rotate/", RotateSecret.as_view(), name="webhook-rotate"),
    path("settings/webhooks/<uuid:webhook_id>/replay/", ReplaySpan.as_view(), name="webhook-replay"),
    path("settings/webhooks/<uuid:webhook_id>/remove/", RemoveWebhook.as_view(), name="webhook-remove"),
    *both("api/webhooks", Webhooks.as_view(), "api-list"),
    *both("api/webhooks/deliveries", Deliveries.as_view(), "api-deliveries"),
    *both("api/webhooks/deliveries/<uuid:delivery_id>/replay", ReplayEndpoint.as_view(), "api-delivery-replay"),
    *both("api/webhooks/<uuid:webhook_id>", WebhookEndpoint.as_view(), "api-detail"),
    *both("api/webhooks/<uuid:webhook_id>/rotate", RotateEndpoint.as_view(), "api-rotate"),
    *both("api/webhooks/<uuid:webhook_id>/stop", StopEndpoint.as_view(), "api-stop"),
    *both("api/webhooks/<uuid:webhook_id>/open", OpenEndpoint.as_view(), "api-open"),
    *both("api/webhooks/<uuid:webhook_id>/test", TestEndpoint.as_view(), "api-test"),
    *both("api/webhooks/<uuid:webhook_id>/replay", ReplaySpanEndpoint.as_view(), "api-replay"),
]
