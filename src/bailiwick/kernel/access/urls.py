from django.urls import path

from bailiwick.kernel.access.api.explaining import Explain
from bailiwick.kernel.access.web.approvals import ApprovalList
from bailiwick.kernel.access.web.conflicts import Conflicts, EndConflict
from bailiwick.kernel.access.web.deputies import Deputies, EndDeputy
from bailiwick.kernel.access.web.grants import ApproveGrant, EndGrant, OverObject
from bailiwick.kernel.access.web.role_list import RoleList
from bailiwick.kernel.access.web.roles import EndRole, FollowRole, NewRole, OneRole
from bailiwick.kernel.access.web.why import Why
from bailiwick.kernel.api.routes import both

app_name = "access"

urlpatterns = [
    path("access/why/", Why.as_view(), name="why"),
    *both("api/access/explain/", Explain.as_view(), "api-explain"),
    path("settings/roles/", RoleList.as_view(), name="roles"),
    path("settings/roles/new/", NewRole.as_view(), name="role-new"),
    path("settings/roles/<uuid:role_id>/", OneRole.as_view(), name="role"),
    path("settings/roles/<uuid:role_id>/follow/", FollowRole.as_view(), name="role-follow"),
    path("settings/roles/<uuid:role_id>/end/", EndRole.as_view(), name="role-end"),
    path("settings/conflicts/", Conflicts.as_view(), name="conflicts"),
    path("settings/conflicts/<uuid:pair_id>/end/", EndConflict.as_view(), name="conflict-end"),
    path("settings/approvals/", ApprovalList.as_view(), name="approvals"),
    path("access/over/<str:object_type>/<uuid:object_id>/", OverObject.as_view(), name="over"),
    path("access/grants/<uuid:grant_id>/approve/", ApproveGrant.as_view(), name="grant-approve"),
    path("access/grants/<uuid:grant_id>/end/", EndGrant.as_view(), name="grant-end"),
    path("accounts/deputies/", Deputies.as_view(), name="deputies"),
    path("accounts/deputies/<uuid:member_id>/end/", EndDeputy.as_view(), name="deputy-end"),
]
