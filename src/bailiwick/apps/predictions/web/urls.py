from django.urls import path

from bailiwick.apps.predictions.web.lists import PredictionList
from bailiwick.apps.predictions.web.records import CorrectPage, RecordPage
from bailiwick.apps.predictions.web.review import (
    NextPrediction,
    ReleasePrediction,
    RenewLease,
    ReviewPage,
    SubmitAnswer,
)

urlpatterns = [
    path("review", ReviewPage.as_view(), name="review"),
    path("review/", ReviewPage.as_view()),
    path("review/next/", NextPrediction.as_view(), name="next"),
    path("review/decide/", SubmitAnswer.as_view(), name="decide"),
    path("review/release/", ReleasePrediction.as_view(), name="release"),
    path("review/renew/", RenewLease.as_view(), name="renew"),
    path("review/update/<uuid:decision_id>/", CorrectPage.as_view(), name="correct"),
    path("rejection-reasons/", PredictionList.as_view(), name="list"),
    path("predictions/<uuid:prediction_id>/", RecordPage.as_view(), name="record"),
]
