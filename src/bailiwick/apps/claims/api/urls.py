from django.urls import URLPattern

from bailiwick.apps.claims.api import events
from bailiwick.kernel.api.routes import both

urlpatterns: list[URLPattern] = [
    *both("patient-status", events.PatientEvents.as_view(), "api-events"),
    *both("patient-status/<uuid:patient_event_id>", events.OnePatientEvent.as_view(), "api-event"),
    *both("patient-status/history/<uuid:patient_id>", events.PatientHistory.as_view(), "api-history"),
]
