"""Patient events by API: report, list, read, correct, cancel, and what happened to one patient."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from bailiwick.apps.claims.actions.disclosing import show_patients
from bailiwick.apps.claims.actions.events import cancel_event, change_event, report_event
from bailiwick.apps.claims.api.event_shapes import (
    ChangeEventSerializer,
    EventFilter,
    NewEventSerializer,
    PatientEventShape,
    ReplaceEventSerializer,
    new_event,
)
from bailiwick.apps.claims.manifest import REPORT_EVENTS, SEE_EVENTS
from bailiwick.apps.claims.models import PatientEvent
from bailiwick.apps.claims.queries.events import get_event, list_events, list_history
from bailiwick.kernel.api.views import Endpoint, ListEndpoint

COLUMNS = (
    "id",
    "organization_id",
    "patient_id",
    "patient_reference",
    "status_type",
    "facility_name",
    "details",
    "occurred_at",
    "received_at",
    "source",
    "source_id",
    "subject_id",
    "merged_patient_id",
    "state",
    "applied_at",
    "moved",
    "job__state",
)
LIST_TAG = ["patient-status"]


class PatientEvents(ListEndpoint):
    """Report what happened to a patient, or list what one may see that nobody has cancelled, newest first."""

    right = {"GET": SEE_EVENTS, "POST": REPORT_EVENTS}
    filterset_class = EventFilter

    def rows(self) -> Any:
        return list_events(self.actor).values(*COLUMNS)

    def present(self, rows: list[Any]) -> list[Any]:
        show_patients(actor=self.actor, patient_ids=[row["patient_id"] for row in rows])
        return [show_event(row) for row in rows]

    @extend_schema(responses=PatientEventShape(many=True), tags=LIST_TAG)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        request=NewEventSerializer, responses={201: PatientEventShape, 200: PatientEventShape}, tags=LIST_TAG
    )
    def post(self, request: Request) -> HttpResponse:
        """Stored, and applied in the background; `state` says how far it is. 200 for one that came before."""
        values = self.read(NewEventSerializer)
        event, is_new = report_event(actor=self.actor, new=new_event(values), source=values["source"])
        return self.respond(show(event), status=201 if is_new else 200)


class OnePatientEvent(Endpoint):
    """One event. Where and how it was may be corrected; what says which event it is may not."""

    right = {"GET": SEE_EVENTS, "PUT": REPORT_EVENTS, "PATCH": REPORT_EVENTS, "DELETE": REPORT_EVENTS}

    @extend_schema(responses=PatientEventShape, tags=LIST_TAG)
    def get(self, request: Request, patient_event_id: UUID) -> HttpResponse:
        event = get_event(self.actor, patient_event_id)
        show_patients(actor=self.actor, patient_ids=[event.patient_id])
        return self.respond(show(event))

    @extend_schema(request=ReplaceEventSerializer, responses=PatientEventShape, tags=LIST_TAG)
    def put(self, request: Request, patient_event_id: UUID) -> HttpResponse:
        return self._change(patient_event_id, self.read(ReplaceEventSerializer))

    @extend_schema(request=ChangeEventSerializer, responses=PatientEventShape, tags=LIST_TAG)
    def patch(self, request: Request, patient_event_id: UUID) -> HttpResponse:
        return self._change(patient_event_id, self.read(ChangeEventSerializer))

    @extend_schema(responses={204: None}, tags=LIST_TAG)
    def delete(self, request: Request, patient_event_id: UUID) -> HttpResponse:
        """Reports that it did not happen: what it did is undone in the background, and it is found here no more."""
        cancel_event(actor=self.actor, event_id=patient_event_id)
        return self.respond()

    def _change(self, event_id: UUID, values: dict[str, Any]) -> HttpResponse:
        event = change_event(actor=self.actor, event_id=event_id, given=values)
        show_patients(actor=self.actor, patient_ids=[event.patient_id])
        return self.respond(show(event))


class PatientHistory(Endpoint):
    """What happened to one patient, the latest first, up to a thousand; empty for whom one does not see."""

    right = SEE_EVENTS

    @extend_schema(responses=PatientEventShape(many=True), tags=LIST_TAG)
    def get(self, request: Request, patient_id: UUID) -> HttpResponse:
        rows = list(list_history(self.actor, patient_id).values(*COLUMNS))
        show_patients(actor=self.actor, patient_ids=[row["patient_id"] for row in rows])
        return self.respond([show_event(row) for row in rows])


def show(event: PatientEvent) -> dict[str, Any]:
    """An event as it is answered."""
    row = {name: getattr(event, name) for name in COLUMNS if name != "job__state"}
    return show_event(row | {"job__state": event.job.state if event.job else None})


def show_event(row: dict[str, Any]) -> dict[str, Any]:
    """A row of COLUMNS as it is answered."""
    return {
        "id": row["id"],
        "organization": row["organization_id"],
        "patient": row["patient_id"],
        "patient_reference": row["patient_reference"],
        "status_type": row["status_type"],
        "facility_name": row["facility_name"],
        "details": row["details"],
        "occurred_at": row["occurred_at"],
        "created_at": row["received_at"],
        "source": row["source"],
        "source_id": row["source_id"],
        "cancels": row["subject_id"],
        "merged_patient": row["merged_patient_id"],
        "state": PatientEvent.standing_of(row["state"], row["job__state"]),
        "applied_at": row["applied_at"],
        "moved": row["moved"],
    }
