from django.urls import path

from bailiwick.kernel.members.web.invitations import (
    InvitationList,
    NewInvitation,
    OneInvitation,
    SendInvitation,
    ShowInvitation,
    WithdrawInvitation,
)
from bailiwick.kernel.members.web.joining import Join, JoinAsMyself
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
    path("people/invitations/", InvitationList.as_view(), name="invitations"),
    path("people/invitations/new/", NewInvitation.as_view(), name="invitation-new"),
    path("people/invitations/<uuid:invitation_id>/", OneInvitation.as_view(), name="invitation"),
    path("people/invitations/<uuid:invitation_id>/send/", SendInvitation.as_view(), name="invitation-send"),
    path("people/invitations/<uuid:invitation_id>/link/", ShowInvitation.as_view(), name="invitation-link"),
    path("people/invitations/<uuid:invitation_id>/withdraw/", WithdrawInvitation.as_view(), name="invitation-withdraw"),
    path("accounts/join/", Join.as_view(), name="join"),
    path("accounts/join/as-myself/", JoinAsMyself.as_view(), name="join-as"),
    path("people/<uuid:member_id>/data/", PersonalData.as_view(), name="data"),
    path("people/<uuid:member_id>/data/export/", ExportPersonalData.as_view(), name="data-export"),
    path("people/<uuid:member_id>/data/holds/new/", PlaceHold.as_view(), name="hold-new"),
    path("people/<uuid:member_id>/data/erase/", EraseMember.as_view(), name="erase"),
    path("people/holds/<uuid:hold_id>/lift/", LiftHold.as_view(), name="hold-lift"),
]
