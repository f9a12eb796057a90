"""The alerts of an organisation: their list, and the pages on which one is added, changed, turned off and removed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bailiwick.kernel.access.queries import titles_of
from bailiwick.kernel.audit.manifest import READ
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.notices.actions.alerts import add_alert, change_alert, remove_alert, switch_alert
from bailiwick.kernel.notices.choices import AlertKind
from bailiwick.kernel.notices.manifest import ALERTS
from bailiwick.kernel.notices.models import Alert
from bailiwick.kernel.notices.queries.alerts import count_incidents, get_alert, list_alerts
from bailiwick.kernel.notices.queries.notices import list_incidents
from bailiwick.kernel.notices.queries.previews import preview
from bailiwick.kernel.notices.values import TEMPLATES
from bailiwick.kernel.notices.web.forms import AlertForm, rule_of
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.tables import Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts

LIST = "notices:alerts"


@dataclass(frozen=True, slots=True)
class Shown:
    """An alert, how often it was raised lately, and whom it tells."""

    alert: Alert
    times: int
    told: str


class AlertList(ListPage):
    """Every alert, in the order in which they were made."""

    right = ALERTS
    template_name = "notices/alerts.html"
    title = gettext_lazy("Alerts")
    lead = gettext_lazy("What somebody should hear of while it can still be mended, and who hears of it.")
    nothing_yet = gettext_lazy("No alerts")
    nothing_yet_hint = gettext_lazy(
        "Add one for what you want to be told of: failed sign-ins, large exports and others."
    )
    caption = gettext_lazy("Alerts, as they were made")
    newer_title = gettext_lazy("Before")
    older_title = gettext_lazy("After")
    order = "id"
    columns = (
        Column(
            gettext_lazy("Alert"),
            lambda row: str(row.alert),
            sub=lambda row: row.alert.get_kind_display() if row.alert.title else "",
            link=lambda row: reverse("notices:alert", args=[row.alert.id]),
            classes="w",
            code="title",
            sub_title=gettext_lazy("Kind"),
        ),
        Column(gettext_lazy("State"), lambda row: state_of(row.alert), classes="c-2 nowrap", code="state"),
        Column(gettext_lazy("Tells"), lambda row: row.told, code="told"),
        Column(
            gettext_lazy("By mail too"),
            lambda row: _("yes") if row.alert.is_mailed else _("no"),
            code="mailed",
        ),
        Column(
            gettext_lazy("Raised in 30 days"),
            lambda row: parts.figure(row.times),
            classes="num c-3",
            code="raised",
            value=lambda row: row.times,
        ),
    )

    def rows(self) -> QuerySet[Alert]:
        return list_alerts(self.actor)

    def present(self, rows: list[Alert]) -> Iterable[Shown]:
        times = count_incidents([row.id for row in rows])
        titles = titles_of({code for row in rows for code in row.roles})
        return [Shown(row, times[row.id], _told(row, titles)) for row in rows]


def state_of(alert: Alert) -> SafeString:
    return parts.state("good", _("On")) if alert.is_active else parts.state("end", _("Off"))


def _told(alert: Alert, titles: dict[str, str]) -> str:
    """Roles by their titles, and the number of people named."""
    named = len(alert.members)
    people = [ngettext("%(n)s person by name", "%(n)s people by name", named) % {"n": named}] if named else []
    return ", ".join([titles[code] for code in alert.roles] + people)


class AlertPage(Page):
    """What the pages of one alert share."""

    right = ALERTS
    navigation_name = LIST

    def has_asked_only(self, form: AlertForm) -> bool:
        """Whether the form was sent to see what it would do, and not to be stored."""
        return form.is_valid() and self.request.POST.get("do") == "see"


class NewAlert(AlertPage):
    """Adds an alert, by its kind."""

    template_name = "notices/alert_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = request.GET.get("kind", "")
        return self.show_form(AlertForm(AlertKind(kind)) if kind in AlertKind.values else None)

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("kind", "") not in AlertKind.values:
            raise NotFound
        form = AlertForm(AlertKind(request.POST["kind"]), request.POST)
        if self.has_asked_only(form):
            return self.show_form(form, preview=preview(self.actor, form.rule()))
        if form.is_valid():
            try:
                with transaction.atomic():
                    alert = add_alert(actor=self.actor, rule=form.rule())
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                self.tell(_("The alert is on."))
                return redirect("notices:alert", alert.id)
        return self.show_form(form, status=422)

    def show_form(self, form: AlertForm | None, status: int = 200, **more: Any) -> HttpResponse:
        kinds = [(kind, TEMPLATES[kind]) for kind in AlertKind]
        return self.show(status=status, form=form, kinds=kinds, **more)


class OneAlert(AlertPage):
    """What an alert looks for, how often that happens, what it raised; and changing it."""

    template_name = "notices/alert.html"

    def get(self, request: HttpRequest, alert_id: UUID) -> HttpResponse:
        alert = get_alert(self.actor, alert_id)
        form = AlertForm(AlertKind(alert.kind), alert=alert)
        return self.show_alert(alert, form, preview=preview(self.actor, rule_of(alert)))

    def post(self, request: HttpRequest, alert_id: UUID) -> HttpResponse:
        alert = get_alert(self.actor, alert_id)
        form = AlertForm(AlertKind(alert.kind), request.POST, alert=alert)
        if self.has_asked_only(form):
            return self.show_alert(alert, form, preview=preview(self.actor, form.rule()), is_asked=True)
        if form.is_valid():
            try:
                with transaction.atomic():
                    change_alert(actor=self.actor, alert_id=alert_id, rule=form.rule())
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                self.tell(_("The alert is stored."))
                return redirect("notices:alert", alert_id)
        return self.show_alert(alert, form, status=422)

    def show_alert(self, alert: Alert, form: AlertForm, status: int = 200, **more: Any) -> HttpResponse:
        return self.show(
            status=status,
            alert=alert,
            form=form,
            purpose=TEMPLATES[AlertKind(alert.kind)].purpose,
            state=state_of(alert),
            incidents=list_incidents(self.actor, alert.id),
            may_read_trail=self.actor.may(READ),
            **more,
        )


class SwitchAlert(AlertPage):
    """Turns an alert off, or on again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, alert_id: UUID) -> HttpResponse:
        is_active = request.POST.get("is_active") == "true"
        switch_alert(actor=self.actor, alert_id=alert_id, is_active=is_active)
        self.tell(_("The alert is on again.") if is_active else _("The alert is off: nobody is told."))
        return redirect("notices:alert", alert_id)


class RemoveAlert(AlertPage):
    """Takes an alert away."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, alert_id: UUID) -> HttpResponse:
        remove_alert(actor=self.actor, alert_id=alert_id)
        self.tell(_("The alert is gone. What it raised stays in the trail."))
        return redirect(LIST)
