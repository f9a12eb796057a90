from django.urls import path
from django.views.i18n import set_language

from bailiwick.kernel.base.rights import OPEN, declare
from bailiwick.kernel.web.desk import DeskPage, NextItem, StartPage
from bailiwick.kernel.web.organizations import SwitchOrganization

app_name = "web"

urlpatterns = [
    path("", DeskPage.as_view(), name="desk"),
    path("start/", StartPage.as_view(), name="start"),
    path("next/", NextItem.as_view(), name="next"),
    path("organization/", SwitchOrganization.as_view(), name="organization"),
    path("language/", declare(OPEN)(set_language), name="language"),
]
