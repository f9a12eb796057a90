"""What webhooks were sent: the list, one delivery with its request and answer, and sending it again."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.events.actions.deliveries import replay_delivery
from bailiwick.kernel.events.choices import DeliveryState
from bailiwick.kernel.events.manifest import WEBHOOKS
from bailiwick.kernel.events.models import Delivery
from bailiwick.kernel.events.queries import get_delivery, get_message, list_deliveries, list_webhooks
from bailiwick.kernel.events.rules import BACKOFF
from bailiwick.kernel.events.web.forms import DeliveryFilters
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.web.tables import BulkAction, Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

FAILURES = {
    "refused": gettext_lazy("The address is not called from here: it is not public, or not https."),
    "not_reachable": gettext_lazy("No answer: nobody there, a broken certificate, or it took too long."),
    "not_kept": gettext_lazy("The event is not kept any more."),
    "fault": gettext_lazy("Something went wrong on our side. It is in the log."),
}


def send_again(*, actor: Actor, key: UUID, reason: str) -> None:
    replay_delivery(actor=actor, delivery_id=key)


def answer_of(delivery: Delivery) -> str:
    """The status, or in its place that there was none."""
    if delivery.status:
        return str(delivery.status)
    return _("no answer") if delivery.failure else ""


class DeliveryList(ListPage):
    """What webhooks were and are to be sent, newest first."""

    right = WEBHOOKS
    navigation_name = "events:webhooks"
    title = gettext_lazy("Deliveries")
    lead = gettext_lazy("What webhooks were sent in the last thirty days, and what they are still to get.")
    nothing_yet = gettext_lazy("Nothing was sent yet")
    nothing_yet_hint = gettext_lazy("Send a test from the page of a webhook.")
    caption = gettext_lazy("Deliveries, newest first")
    columns = (
        Column(
            gettext_lazy("Event"),
            lambda row: row.verb,
            sub=lambda row: row.webhook.title,
            link=lambda row: reverse("events:delivery", args=[row.id]),
            classes="w",
            code="verb",
            sub_title=gettext_lazy("Webhook"),
        ),
        Column(gettext_lazy("State"), lambda row: parts.state(row.look, row.sentence), classes="c-2", code="state"),
        Column(gettext_lazy("Answer"), lambda row: answer_of(row), classes="nowrap", code="answer"),
        Column(
            gettext_lazy("Tries"),
            lambda row: parts.figure(row.tries),
            classes="num c-hide",
            code="tries",
            value=lambda row: row.tries,
        ),
        Column(
            gettext_lazy("Next try"),
            lambda row: parts.due(row.available_at) if row.state == DeliveryState.WAITING else "",
            classes="nowrap c-hide",
            code="next",
            value=lambda row: row.available_at if row.state == DeliveryState.WAITING else None,
        ),
        Column(
            gettext_lazy("Happened"),
            lambda row: parts.ago(row.at),
            sort="id",
            classes="num c-3 nowrap dim",
            code="at",
            value=lambda row: row.at,
        ),
    )
    bulk = (BulkAction("again", gettext_lazy("Send again"), "refresh", WEBHOOKS, send_again),)

    def filters(self) -> forms.Form:
        titles = {str(each.id): each.title for each in list_webhooks(self.actor)}
        return DeliveryFilters(self.request.GET, titles)

    def rows(self) -> QuerySet[Delivery]:
        return list_deliveries(self.actor)

    def narrow(self, rows: QuerySet[Delivery], values: Mapping[str, Any]) -> QuerySet[Delivery]:
        return rows.filter(**{name: values[name] for name in ("webhook", "state", "verb") if values[name]})

    def views(self) -> list[NamedView]:
        return [
            NamedView(_("All"), {}),
            NamedView(_("Waiting"), {"state": DeliveryState.WAITING}),
            NamedView(_("Given up"), {"state": DeliveryState.DEAD}),
        ]


class OneDelivery(Page):
    """What was sent, what came back, and when it is tried again."""

    right = WEBHOOKS
    navigation_name = "events:webhooks"
    template_name = "events/delivery.html"

    def get(self, request: HttpRequest, delivery_id: UUID) -> HttpResponse:
        delivery = get_delivery(self.actor, delivery_id)
        message = get_message(delivery)
        body = json.dumps(json.loads(message.body), indent=2, ensure_ascii=False) if message else ""
        return self.show(
            delivery=delivery,
            message=message,
            body=body,
            failure=FAILURES.get(delivery.failure, ""),
            most=len(BACKOFF) + 1,
            is_waiting=delivery.state == DeliveryState.WAITING,
        )


class ReplayDelivery(Page):
    """Sends it again, under the same id."""

    right = WEBHOOKS
    navigation_name = "events:webhooks"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, delivery_id: UUID) -> HttpResponse:
        replay_delivery(actor=self.actor, delivery_id=delivery_id)
        self.tell(_("It is on its way again, under the same id."))
        return redirect("events:delivery", delivery_id)
