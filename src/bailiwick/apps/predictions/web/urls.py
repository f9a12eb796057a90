from django.urls import path

from bailiwick.apps.predictions.web.catalogue import ConfirmReason, MergeReason, NewReason, ReasonList, ReasonPage
from bailiwick.apps.predictions.web.dashboard import ComparisonPage, DashboardPage
from bailiwick.apps.predictions.web.disputes import (
    DisputePage,
    EscalateDispute,
    NextDispute,
    ReleaseDispute,
    RenewDispute,
    SkipDispute,
    SubmitSettlement,
    UndoSettlement,
)
from bailiwick.apps.predictions.web.gold import GoldList, NewGold, SwitchGold
from bailiwick.apps.predictions.web.imports import (
    CheckPage,
    ColumnsPage,
    ImportList,
    RejectedRows,
    ResultPage,
    TakenRows,
    UploadPage,
)
from bailiwick.apps.predictions.web.labels import StartLabels
from bailiwick.apps.predictions.web.lists import PredictionList
from bailiwick.apps.predictions.web.records import CorrectPage, RecordPage
from bailiwick.apps.predictions.web.review import (
    EscalatePrediction,
    NextPrediction,
    ReleasePrediction,
    RenewLease,
    ReviewPage,
    SkipPrediction,
    SubmitAnswer,
    UndoDecision,
)
from bailiwick.apps.predictions.web.settings import SettingsPage

urlpatterns = [
    path("review", ReviewPage.as_view(), name="review"),
    path("review/", ReviewPage.as_view()),
    path("review/next/", NextPrediction.as_view(), name="next"),
    path("review/decide/", SubmitAnswer.as_view(), name="decide"),
    path("review/release/", ReleasePrediction.as_view(), name="release"),
    path("review/renew/", RenewLease.as_view(), name="renew"),
    path("review/skip/", SkipPrediction.as_view(), name="skip"),
    path("review/escalate/", EscalatePrediction.as_view(), name="escalate"),
    path("review/undo/", UndoDecision.as_view(), name="undo"),
    path("review/disputes/", DisputePage.as_view(), name="disputes"),
    path("review/disputes/next/", NextDispute.as_view(), name="dispute-next"),
    path("review/disputes/decide/", SubmitSettlement.as_view(), name="dispute-decide"),
    path("review/disputes/release/", ReleaseDispute.as_view(), name="dispute-release"),
    path("review/disputes/renew/", RenewDispute.as_view(), name="dispute-renew"),
    path("review/disputes/skip/", SkipDispute.as_view(), name="dispute-skip"),
    path("review/disputes/escalate/", EscalateDispute.as_view(), name="dispute-escalate"),
    path("review/disputes/undo/", UndoSettlement.as_view(), name="dispute-undo"),
    path("review/update/<uuid:decision_id>/", CorrectPage.as_view(), name="correct"),
    path("dashboard", DashboardPage.as_view(), name="dashboard"),
    path("dashboard/", DashboardPage.as_view()),
    path("dashboard/comparison/", ComparisonPage.as_view(), name="comparison"),
    path("dashboard/labels/", StartLabels.as_view(), name="labels"),
    path("rejection-reasons/", PredictionList.as_view(), name="list"),
    path("predictions/reasons/", ReasonList.as_view(), name="reasons"),
    path("predictions/reasons/new/", NewReason.as_view(), name="reason-new"),
    path("predictions/reasons/<uuid:reason_id>/", ReasonPage.as_view(), name="reason"),
    path("predictions/reasons/<uuid:reason_id>/confirm/", ConfirmReason.as_view(), name="reason-confirm"),
    path("predictions/reasons/<uuid:reason_id>/merge/", MergeReason.as_view(), name="reason-merge"),
    path("predictions/import/", UploadPage.as_view(), name="import"),
    path("predictions/imports/", ImportList.as_view(), name="imports"),
    path("predictions/import/<uuid:import_id>/columns/", ColumnsPage.as_view(), name="import-columns"),
    path("predictions/import/<uuid:import_id>/check/", CheckPage.as_view(), name="import-check"),
    path("predictions/import/<uuid:import_id>/", ResultPage.as_view(), name="import-result"),
    path("predictions/import/<uuid:import_id>/rejected/", RejectedRows.as_view(), name="import-rejected"),
    path("predictions/import/<uuid:import_id>/taken/", TakenRows.as_view(), name="import-taken"),
    path("predictions/gold/", GoldList.as_view(), name="gold"),
    path("predictions/gold/<uuid:gold_id>/switch/", SwitchGold.as_view(), name="gold-switch"),
    path("predictions/settings/", SettingsPage.as_view(), name="settings"),
    path("predictions/<uuid:prediction_id>/gold/", NewGold.as_view(), name="gold-new"),
    path("predictions/<uuid:prediction_id>/", RecordPage.as_view(), name="record"),
]
