from django.urls import URLPattern

from bailiwick.apps.claims.api import claims, events
from bailiwick.kernel.api.routes import both

urlpatterns: list[URLPattern] = [
    *both("claims", claims.Claims.as_view(), "api-list"),
    *both("claims/bulk-status-update", claims.BulkStatus.as_view(), "api-bulk-status"),
    *both("claims/<uuid:claim_id>", claims.OneClaim.as_view(), "api-detail"),
    *both("patient-status", events.PatientEvents.as_view(), "api-events"),
    *both("patient-status/<uuid:patient_event_id>", events.OnePatientEvent.as_view(), "api-event"),
    *both("patient-status/history/<uuid:patient_id>", events.PatientHistory.as_view(), "api-history"),
]
