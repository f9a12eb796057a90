from django.urls import path

from bailiwick.kernel.notices.web.alerts import AlertList, NewAlert, OneAlert, RemoveAlert, SwitchAlert
from bailiwick.kernel.notices.web.notices import Bell, NoticeList, OneNotice, ReadAll, ReadNotice

app_name = "notices"

urlpatterns = [
    path("notices/", NoticeList.as_view(), name="notices"),
    path("notices/bell/", Bell.as_view(), name="bell"),
    path("notices/read/", ReadAll.as_view(), name="read-all"),
    path("notices/<uuid:notice_id>/", OneNotice.as_view(), name="notice"),
    path("notices/<uuid:notice_id>/read/", ReadNotice.as_view(), name="read"),
    path("settings/alerts/", AlertList.as_view(), name="alerts"),
    path("settings/alerts/new/", NewAlert.as_view(), name="alert-new"),
    path("settings/alerts/<uuid:alert_id>/", OneAlert.as_view(), name="alert"),
    path("settings/alerts/<uuid:alert_id>/switch/", SwitchAlert.as_view(), name="alert-switch"),
    path("settings/alerts/<uuid:alert_id>/remove/", RemoveAlert.as_view(), name="alert-remove"),
]
