"""Webhooks: their list, and the pages on which one is added, changed, tried, turned off and removed."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.base.manifest import Text, registry
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
from bailiwick.kernel.events.manifest import WEBHOOKS
from bailiwick.kernel.events.models import Webhook
from bailiwick.kernel.events.queries import count_states, get_webhook, list_latest, list_webhooks
from bailiwick.kernel.events.web.forms import SpanForm, WebhookForm
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.tables import Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts

LIST = "events:webhooks"


def state_of(webhook: Webhook) -> SafeString:
    if webhook.stop:
        return parts.state("end", webhook.get_stop_display())
    if webhook.failing_since:
        return parts.state("bad", _("fails"))
    return parts.state("good", _("on"))


def verbs_of(webhook: Webhook) -> str:
    if not webhook.verbs:
        return _("every event")
    return ngettext("%(n)s kind of event", "%(n)s kinds of event", len(webhook.verbs)) % {"n": len(webhook.verbs)}


class WebhookList(ListPage):
    """Every webhook of the organisation, newest first."""

    right = WEBHOOKS
    template_name = "events/webhooks.html"
    title = gettext_lazy("Webhooks")
    lead = gettext_lazy("What happens here is told to other systems, signed, and in the order in which it happened.")
    nothing_yet = gettext_lazy("No webhook yet")
    nothing_yet_hint = gettext_lazy("Add the address of a system of yours that is to hear what happens here.")
    caption = gettext_lazy("Webhooks, newest first")
    columns = (
        Column(
            gettext_lazy("Webhook"),
            lambda row: row.title,
            sub=lambda row: urlsplit(row.url).hostname or "",
            link=lambda row: reverse("events:webhook", args=[row.id]),
            classes="w",
            code="title",
            sub_title=gettext_lazy("Host"),
        ),
        Column(gettext_lazy("State"), lambda row: state_of(row), classes="c-2 nowrap", code="state"),
        Column(gettext_lazy("Told of"), lambda row: verbs_of(row), code="verbs"),
        Column(
            gettext_lazy("To be sent"),
            lambda row: parts.figure(row.counts["open"]),
            classes="num c-hide",
            code="open",
            value=lambda row: row.counts["open"],
        ),
        Column(
            gettext_lazy("Given up"),
            lambda row: parts.figure(row.counts["dead"]),
            classes="num c-hide",
            code="dead",
            value=lambda row: row.counts["dead"],
        ),
        Column(
            gettext_lazy("Added"),
            lambda row: parts.ago(row.created_at),
            classes="c-3 nowrap dim",
            code="added",
            value=lambda row: row.created_at,
        ),
    )

    def rows(self) -> QuerySet[Webhook]:
        return list_webhooks(self.actor)

    def present(self, rows: list[Webhook]) -> Iterable[Webhook]:
        counts = count_states(self.actor, [row.id for row in rows])
        for row in rows:
            row.counts = counts[row.id]  # type: ignore[attr-defined]
        return rows


class WebhookPage(Page):
    """What the pages of one webhook share."""

    right = WEBHOOKS
    navigation_name = LIST


class NewWebhook(WebhookPage):
    """Adds a webhook, and shows its secret."""

    template_name = "events/webhook_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=WebhookForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = WebhookForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    webhook = add_webhook(actor=self.actor, **form.cleaned_data)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                return show_secret(self, webhook)
        return self.show(status=422, form=form)


def show_secret(page: Page, webhook: Webhook) -> HttpResponse:
    """The one time that the secret is shown."""
    page.template_name = "events/secret.html"  # type: ignore[misc]
    return page.show(webhook=webhook, secret=webhook.secret, until=webhook.former_until)


class OneWebhook(WebhookPage):
    """How a webhook does, what it was sent last, its settings, and what can be done with it."""

    template_name = "events/webhook.html"

    def get(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        return self.show_webhook(get_webhook(self.actor, webhook_id))

    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        webhook, form = get_webhook(self.actor, webhook_id), WebhookForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    change_webhook(actor=self.actor, webhook_id=webhook_id, **form.cleaned_data)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                self.tell(_("The settings are stored."))
                return redirect("events:webhook", webhook_id)
        return self.show_webhook(webhook, form=form, status=422)

    def show_webhook(self, webhook: Webhook, *, status: int = 200, **more: Any) -> HttpResponse:
        return self.show(
            status=status,
            webhook=webhook,
            state=state_of(webhook),
            told=[registry().verbs[code].title for code in webhook.verbs if code in registry().verbs],
            counts=count_states(self.actor, [webhook.id])[webhook.id],
            latest=list_latest(self.actor, webhook.id),
            form=more.pop("form", None) or WebhookForm.of(webhook),
            span=more.pop("span", None) or SpanForm(),
            **more,
        )


class WebhookStep(OneWebhook):
    """One button of the page: it does `act`, and says so."""

    http_method_names = ["post"]
    act: ClassVar[Callable[..., object]]
    done: ClassVar[Text]

    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        type(self).act(actor=self.actor, webhook_id=webhook_id)
        self.tell(self.done)
        return redirect("events:webhook", webhook_id)


class StopWebhook(WebhookStep):
    """Nothing is sent any more."""

    act = stop_webhook
    done = gettext_lazy("It is off. What happens meanwhile can be sent later.")


class OpenWebhook(WebhookStep):
    """It is sent again."""

    act = open_webhook
    done = gettext_lazy("It is on. What waited is sent first.")


class TestWebhook(WebhookStep):
    """Sends an event of its own."""

    act = send_test
    done = gettext_lazy("A test is on its way. It shows up below within seconds.")


class RotateSecret(WebhookPage):
    """Makes a new secret, and shows it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        return show_secret(self, rotate_secret(actor=self.actor, webhook_id=webhook_id))


class ReplaySpan(OneWebhook):
    """Sends again what happened in a time."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        webhook, span = get_webhook(self.actor, webhook_id), SpanForm(request.POST)
        if span.is_valid():
            try:
                with transaction.atomic():
                    count = replay_span(actor=self.actor, webhook_id=webhook_id, **span.cleaned_data)
            except InvalidInput as refusal:
                refuse_form(span, refusal)
            except DomainError as refusal:
                span.add_error(None, str(refusal))
            else:
                told = ngettext("%(n)s event is sent again.", "%(n)s events are sent again.", count) % {"n": count}
                self.tell(told if count else _("Nothing happened in this time that it is told of."))
                return redirect("events:webhook", webhook_id)
        return self.show_webhook(webhook, span=span, status=422)


class RemoveWebhook(WebhookPage):
    """Removes it, once it was said what follows."""

    template_name = "events/webhook_remove.html"

    def get(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        webhook = get_webhook(self.actor, webhook_id)
        return self.show(webhook=webhook, counts=count_states(self.actor, [webhook.id])[webhook.id])

    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        remove_webhook(actor=self.actor, webhook_id=webhook_id)
        self.tell(_("Removed. Nothing goes there any more."))
        return redirect(LIST)
