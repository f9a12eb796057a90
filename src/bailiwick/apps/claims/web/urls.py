from django.urls import URLPattern, path

from bailiwick.apps.claims.web.changing import (
    ApprovePage,
    AssignPage,
    PayPage,
    RejectPage,
    ReopenPage,
    ReviewPage,
    WithdrawPage,
)
from bailiwick.apps.claims.web.correcting import CorrectPage
from bailiwick.apps.claims.web.dashboard import DashboardFile, DashboardPage
from bailiwick.apps.claims.web.events import CancelEvent, EventList, EventPage, MatchEvent, SendEvent
from bailiwick.apps.claims.web.imports import (
    CheckPage,
    ColumnsPage,
    ImportList,
    RejectedRows,
    ResultPage,
    TakenClaims,
    UploadPage,
)
from bailiwick.apps.claims.web.lists import ClaimList, DraftList
from bailiwick.apps.claims.web.records import DocumentsPage, HistoryPage, RecordPage
from bailiwick.apps.claims.web.submitting import ChangePage, DraftPage, NewClaimPage

urlpatterns: list[URLPattern] = [
    path("claims/", ClaimList.as_view(), name="list"),
    path("claims/dashboard/", DashboardPage.as_view(), name="dashboard"),
    path("claims/dashboard/figures.csv", DashboardFile.as_view(), name="dashboard-file"),
    path("claims/new/", NewClaimPage.as_view(), name="new"),
    path("claims/drafts/", DraftList.as_view(), name="drafts"),
    path("claims/drafts/<uuid:draft_id>/", DraftPage.as_view(), name="draft"),
    path("claims/events/", EventList.as_view(), name="events"),
    path("claims/events/<uuid:patient_event_id>/", EventPage.as_view(), name="event"),
    path("claims/events/<uuid:patient_event_id>/match/", MatchEvent.as_view(), name="event-match"),
    path("claims/events/<uuid:patient_event_id>/send/", SendEvent.as_view(), name="event-send"),
    path("claims/events/<uuid:patient_event_id>/cancel/", CancelEvent.as_view(), name="event-cancel"),
    path("claims/<uuid:claim_id>/", RecordPage.as_view(), name="record"),
    path("claims/<uuid:claim_id>/documents/", DocumentsPage.as_view(), name="documents"),
    path("claims/<uuid:claim_id>/history/", HistoryPage.as_view(), name="history"),
    path("claims/<uuid:claim_id>/change/", ChangePage.as_view(), name="change"),
    path("claims/<uuid:claim_id>/correct/", CorrectPage.as_view(), name="correct"),
    path("claims/<uuid:claim_id>/approve/", ApprovePage.as_view(), name="approve"),
    path("claims/<uuid:claim_id>/reject/", RejectPage.as_view(), name="reject"),
    path("claims/<uuid:claim_id>/reopen/", ReopenPage.as_view(), name="reopen"),
    path("claims/<uuid:claim_id>/review/", ReviewPage.as_view(), name="review"),
    path("claims/<uuid:claim_id>/pay/", PayPage.as_view(), name="pay"),
    path("claims/<uuid:claim_id>/assign/", AssignPage.as_view(), name="assign"),
    path("claims/<uuid:claim_id>/withdraw/", WithdrawPage.as_view(), name="withdraw"),
    path("claims/import/", UploadPage.as_view(), name="import"),
    path("claims/imports/", ImportList.as_view(), name="imports"),
    path("claims/import/<uuid:claim_import_id>/columns/", ColumnsPage.as_view(), name="import-columns"),
    path("claims/import/<uuid:claim_import_id>/check/", CheckPage.as_view(), name="import-check"),
    path("claims/import/<uuid:claim_import_id>/", ResultPage.as_view(), name="import-result"),
    path("claims/import/<uuid:claim_import_id>/rejected/", RejectedRows.as_view(), name="import-rejected"),
    path("claims/import/<uuid:claim_import_id>/taken/", TakenClaims.as_view(), name="import-taken"),
]
