"""What happened to patients: the list of reports, and one of them with what it changed."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bailiwick.apps.claims.actions.disclosing import show_claims, show_patients
from bailiwick.apps.claims.actions.events import cancel_event, match_report, send_again
from bailiwick.apps.claims.choices import EVENT_LOOKS, LOOKS, EventState, Stage
from bailiwick.apps.claims.manifest import MANAGE, REPORT_EVENTS, SEE_EVENTS, TO_EXPORT
from bailiwick.apps.claims.models import PatientEvent
from bailiwick.apps.claims.queries.events import get_report, in_state, is_cancellable, list_effects, list_reports
from bailiwick.apps.claims.queries.parties import find_patients
from bailiwick.apps.claims.values.events import JOINED, LEFT
from bailiwick.apps.claims.web.forms.events import EventFilters, MatchForm
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.rights import Declared
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.web.tables import BulkAction, Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts


def send(*, actor: Actor, key: UUID, reason: str) -> None:
    send_again(actor=actor, event_id=key)


class EventList(ListPage):
    """Every report that one may see, whatever became of it."""

    right = SEE_EVENTS
    navigation_name = "claims:events"
    title = gettext_lazy("Patient events")
    lead = gettext_lazy("Admissions, treatments and discharges as they were reported, and what they did to claims.")
    nothing_yet = gettext_lazy("No events yet")
    nothing_yet_hint = gettext_lazy("They come by API: POST /api/patient-status/. Each shows up here at once.")
    caption = gettext_lazy("Patient events, newest first")
    filter_class = EventFilters
    bulk = (BulkAction("again", gettext_lazy("Send again"), "refresh", MANAGE, send),)
    columns = (
        Column(
            gettext_lazy("Event"),
            lambda event: str(event),
            sub=lambda event: event.facility_name,
            sub_title=gettext_lazy("Facility"),
            link=lambda event: reverse("claims:event", args=[event.id]),
            value=lambda event: event.status_type,
            classes="w",
            code="event",
        ),
        Column(
            gettext_lazy("State"),
            lambda event: state_of(event),
            value=lambda event: event.standing.value,
            classes="c-2",
            code="state",
        ),
        Column(gettext_lazy("Patient"), lambda event: patient_of(event), code="patient"),
        Column(
            gettext_lazy("Occurred"),
            lambda event: parts.ago(event.occurred_at),
            value=lambda event: event.occurred_at,
            classes="c-hide num nowrap",
            code="occurred",
        ),
        Column(
            gettext_lazy("Claims moved"),
            lambda event: parts.figure(event.moved) if event.applied_at else none(),
            value=lambda event: event.moved,
            classes="c-hide num",
            code="moved",
        ),
        Column(
            gettext_lazy("Reported"),
            lambda event: parts.ago(event.received_at),
            value=lambda event: event.received_at,
            sort="id",
            classes="num c-3 nowrap dim",
            code="received",
        ),
        Column(
            gettext_lazy("Reported by"),
            lambda event: parts.who(event.member),
            value=lambda event: event.member and event.member.name,
            code="member",
            is_shown=False,
        ),
        Column(gettext_lazy("Source"), lambda event: event.source, code="source", is_shown=False),
        Column(gettext_lazy("Source's number"), lambda event: event.source_id, code="source_id", is_shown=False),
    )

    def rows(self) -> QuerySet[PatientEvent]:
        return list_reports(self.actor).select_related("patient", "member", "job")

    def narrow(self, rows: QuerySet[PatientEvent], values: Mapping[str, Any]) -> QuerySet[PatientEvent]:
        given = {name: values[name] for name in ("status_type", "patient") if values[name]}
        if values["from_date"]:
            given["occurred_at__date__gte"] = values["from_date"]
        if values["to_date"]:
            given["occurred_at__date__lte"] = values["to_date"]
        if values["facility"]:
            given["facility_name__icontains"] = values["facility"]
        return in_state(rows, values["state"]).filter(**given)

    def disclose(self, rows: list[PatientEvent], *, is_export: bool = False) -> None:
        keys = [row.patient_id for row in rows]
        show_patients(actor=self.actor, patient_ids=keys, purpose=TO_EXPORT if is_export else "")

    def views(self) -> list[NamedView]:
        return [
            NamedView(_("All"), {}),
            NamedView(_("Waiting"), {"state": EventState.PENDING}),
            NamedView(_("Patient unknown"), {"state": EventState.PARKED}),
            NamedView(_("Failed"), {"state": EventState.DEAD}),
        ]


class EventPage(Page):
    """One report: what was said, what it did, and what can be done about it."""

    right: ClassVar[Declared] = SEE_EVENTS
    template_name = "claims/event.html"
    navigation_name = "claims:events"

    def get(self, request: HttpRequest, patient_event_id: UUID) -> HttpResponse:
        return self.show_event(patient_event_id, MatchForm())

    def show_event(self, event_id: UUID, form: forms.Form, *, status: int = 200) -> HttpResponse:
        event = get_report(self.actor, event_id)
        effects = list_effects(self.actor, event)
        show_patients(actor=self.actor, patient_ids=[event.patient_id, event.merged_patient_id])
        show_claims(actor=self.actor, claim_ids=[effect.claim_id for effect in effects])
        may_manage = self.actor.may(MANAGE)
        is_parked = event.state == EventState.PARKED and not event.subject_reference
        return self.show(
            status=status,
            event=event,
            look=EVENT_LOOKS[event.standing],
            outcome=words_of(event),
            effects=[(effect, LOOKS[Stage(effect.to_stage)]) for effect in effects],
            form=form if is_parked and may_manage else None,
            may_send=may_manage and event.standing == EventState.DEAD,
            may_cancel=self.actor.may(REPORT_EVENTS) and is_cancellable(self.actor, event),
        )


class MatchEvent(EventPage):
    """Says whom a parked event is about, by the patient's number here."""

    right = MANAGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, patient_event_id: UUID) -> HttpResponse:
        get_report(self.actor, patient_event_id)
        form = MatchForm(request.POST)
        if form.is_valid():
            patient = find_patients(self.actor, form.cleaned_data["number"]).first()
            if patient:
                match_report(actor=self.actor, event_id=patient_event_id, patient_id=patient.id)
                self.tell(_("The event is about {patient} now, and is applied.").format(patient=patient))
                return redirect("claims:event", patient_event_id)
            form.add_error("number", _("No patient has this number."))
        return self.show_event(patient_event_id, form, status=422)


class SendEvent(Page):
    """Sends an event again that has failed."""

    right = MANAGE
    navigation_name = "claims:events"

    def post(self, request: HttpRequest, patient_event_id: UUID) -> HttpResponse:
        send_again(actor=self.actor, event_id=patient_event_id)
        self.tell(_("Sent again."))
        return redirect("claims:event", patient_event_id)


class CancelEvent(Page):
    """Reports that an event did not happen."""

    right = REPORT_EVENTS
    navigation_name = "claims:events"

    def post(self, request: HttpRequest, patient_event_id: UUID) -> HttpResponse:
        with transaction.atomic():
            cancel_event(actor=self.actor, event_id=patient_event_id)
        self.tell(_("Cancelled. What it did is undone in a moment."))
        return redirect("claims:event", patient_event_id)


def state_of(event: PatientEvent) -> SafeString:
    return parts.state(EVENT_LOOKS[event.standing], event.standing.label)


def patient_of(event: PatientEvent) -> SafeString | str:
    """Whom it is about, or the number that nobody has."""
    if event.patient:
        return str(event.patient)
    return event.patient_reference or none()


def words_of(event: PatientEvent) -> list[str]:
    """What became of claims, in sentences."""
    said = [word.partition("=")[::2] for word in event.outcome.split()]
    return [_sentence(word, int(count)) for word, count in said]


def _sentence(word: str, count: int) -> str:
    if word == LEFT:
        text = ngettext(
            "{n} claim stays: it is paid or about to be.", "{n} claims stay: they are paid or about to be.", count
        )
    elif word == JOINED:
        text = ngettext("{n} claim went over with the patient.", "{n} claims went over with the patient.", count)
    elif word == Stage.REPLACED:
        text = ngettext(
            "{n} claim is open again as a new version.", "{n} claims are open again as new versions.", count
        )
    else:
        text = ngettext("{n} claim came to: {stage}.", "{n} claims came to: {stage}.", count)
    return text.format(n=count, stage=Stage(word).label if word in Stage.values else word)


def none() -> SafeString:
    return format_html('<span class="dimmer">{}</span>', _("none"))
