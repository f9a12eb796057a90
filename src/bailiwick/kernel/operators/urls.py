from django.urls import path

from bailiwick.kernel.operators.web.choosing import ChoosePage, LeavePage
from bailiwick.kernel.operators.web.looking import RowPage, TablePage, TablesPage

app_name = "operators"

urlpatterns = [
    path("operators/", ChoosePage.as_view(), name="choose"),
    path("operators/leave/", LeavePage.as_view(), name="leave"),
    path("operators/tables/", TablesPage.as_view(), name="tables"),
    path("operators/tables/<slug:table>/", TablePage.as_view(), name="table"),
    path("operators/tables/<slug:table>/<uuid:row_id>/", RowPage.as_view(), name="row"),
]
