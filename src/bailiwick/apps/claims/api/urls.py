from django.urls import URLPattern

from bailiwick.apps.claims.api import asking, claims, codes, events, imports, judging, parties, work
from bailiwick.kernel.api.routes import both

urlpatterns: list[URLPattern] = [
    *both("claims", claims.Claims.as_view(), "api-list"),
    *both("claims/bulk-status-update", claims.BulkStatus.as_view(), "api-bulk-status"),
    *both("claims/codes/validate", codes.ValidateCode.as_view(), "api-code"),
    *both("claims/import", imports.ClaimImports.as_view(), "api-imports"),
    *both("claims/import/<uuid:claim_import_id>", imports.OneClaimImport.as_view(), "api-import"),
    *both("claims/adjudicate", judging.AdjudicateWaiting.as_view(), "api-adjudicate"),
    *both("claims/pay", judging.Payments.as_view(), "api-pay"),
    *both("claims/<uuid:claim_id>/adjudications", judging.Adjudications.as_view(), "api-adjudications"),
    *both("claims/<uuid:claim_id>/correct", judging.Correction.as_view(), "api-correct"),
    *both("claims/work/next", work.TakeNext.as_view(), "api-work-next"),
    *both("claims/work/decide", work.Decide.as_view(), "api-work-decide"),
    *both("claims/work/skip", work.Skip.as_view(), "api-work-skip"),
    *both("claims/work/release", work.Release.as_view(), "api-work-release"),
    *both("claims/work/renew", work.Renew.as_view(), "api-work-renew"),
    *both("claims/<uuid:claim_id>/requests", asking.Requests.as_view(), "api-requests"),
    *both(
        "claims/<uuid:claim_id>/requests/<uuid:information_request_id>/answer", asking.Answer.as_view(), "api-answer"
    ),
    *both(
        "claims/<uuid:claim_id>/requests/<uuid:information_request_id>/withdraw",
        asking.Withdrawal.as_view(),
        "api-request-withdraw",
    ),
    *both("claims/<uuid:claim_id>/documents", asking.Documents.as_view(), "api-documents"),
    *both("claims/<uuid:claim_id>/documents/<uuid:attachment_id>", asking.Document.as_view(), "api-document"),
    *both("claims/<uuid:claim_id>/appeals", asking.Appeals.as_view(), "api-appeals"),
    *both("claims/<uuid:claim_id>", claims.OneClaim.as_view(), "api-detail"),
    *both("patients", parties.Patients.as_view(), "api-patients"),
    *both("patients/<uuid:patient_id>", parties.OnePatient.as_view(), "api-patient"),
    *both("providers", parties.Providers.as_view(), "api-providers"),
    *both("providers/<uuid:billing_provider_id>", parties.OneProvider.as_view(), "api-provider"),
    *both("patient-status", events.PatientEvents.as_view(), "api-events"),
    *both("patient-status/<uuid:patient_event_id>", events.OnePatientEvent.as_view(), "api-event"),
    *both("patient-status/history/<uuid:patient_id>", events.PatientHistory.as_view(), "api-history"),
]
