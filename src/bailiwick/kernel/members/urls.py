from django.urls import path

from bailiwick.kernel.members.web.personal import EraseMember, ExportPersonalData, LiftHold, PersonalData, PlaceHold

app_name = "members"

urlpatterns = [
    path("people/<uuid:member_id>/data/", PersonalData.as_view(), name="data"),
    path("people/<uuid:member_id>/data/export/", ExportPersonalData.as_view(), name="data-export"),
    path("people/<uuid:member_id>/data/holds/new/", PlaceHold.as_view(), name="hold-new"),
    path("people/<uuid:member_id>/data/erase/", EraseMember.as_view(), name="erase"),
    path("people/holds/<uuid:hold_id>/lift/", LiftHold.as_view(), name="hold-lift"),
]
