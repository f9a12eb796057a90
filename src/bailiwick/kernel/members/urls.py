from django.urls import path

from bailiwick.kernel.members.web.leaving import Leave
from bailiwick.kernel.members.web.personal import EraseMember, ExportPersonalData, LiftHold, PersonalData, PlaceHold
from bailiwick.kernel.members.web.reviewing import ReviewNext
from bailiwick.kernel.members.web.reviews import CloseReview, NewReview, ReviewList, ReviewReport

app_name = "members"

urlpatterns = [
    path("people/<uuid:member_id>/leave/", Leave.as_view(), name="leave"),
    path("members/reviews/", ReviewList.as_view(), name="reviews"),
    path("members/reviews/new/", NewReview.as_view(), name="review-new"),
    path("members/reviews/next/", ReviewNext.as_view(), name="review-next"),
    path("members/reviews/<uuid:review_id>/", ReviewReport.as_view(), name="review"),
    path("members/reviews/<uuid:review_id>/close/", CloseReview.as_view(), name="review-close"),
    path("people/<uuid:member_id>/data/", PersonalData.as_view(), name="data"),
    path("people/<uuid:member_id>/data/export/", ExportPersonalData.as_view(), name="data-export"),
    path("people/<uuid:member_id>/data/holds/new/", PlaceHold.as_view(), name="hold-new"),
    path("people/<uuid:member_id>/data/erase/", EraseMember.as_view(), name="erase"),
    path("people/holds/<uuid:hold_id>/lift/", LiftHold.as_view(), name="hold-lift"),
]
