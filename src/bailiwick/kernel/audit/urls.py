from django.urls import path

from bailiwick.kernel.api.routes import both
from bailiwick.kernel.audit.api.explorer import Changes, Events, OneEvent
from bailiwick.kernel.audit.web.anchoring import AnchorNow, AnchorSettings
from bailiwick.kernel.audit.web.explorer import ChangeList, EventList
from bailiwick.kernel.audit.web.history import EventPage, HistoryPage
from bailiwick.kernel.audit.web.proof import AnchorStamp, MakeBundle, OneAnchor, Proof, Verifier, Verify
from bailiwick.kernel.audit.web.retention import LiftLegalHold, PlaceLegalHold, Retention

app_name = "audit"

urlpatterns = [
    path("audit/", EventList.as_view(), name="events"),
    path("audit/changes/", ChangeList.as_view(), name="changes"),
    path("audit/events/<uuid:event_id>/", EventPage.as_view(), name="event"),
    path("audit/history/<str:object_type>/<uuid:object_id>/", HistoryPage.as_view(), name="history"),
    path("audit/proof/", Proof.as_view(), name="proof"),
    path("audit/proof/verify/", Verify.as_view(), name="verify"),
    path("audit/proof/bundle/", MakeBundle.as_view(), name="bundle"),
    path("audit/proof/verifier/", Verifier.as_view(), name="verifier"),
    path("audit/anchors/now/", AnchorNow.as_view(), name="anchor-now"),
    path("audit/anchors/<uuid:anchor_id>/", OneAnchor.as_view(), name="anchor"),
    path("audit/anchors/<uuid:anchor_id>/stamp/", AnchorStamp.as_view(), name="anchor-stamp"),
    path("settings/anchors/", AnchorSettings.as_view(), name="anchors"),
    path("settings/retention/", Retention.as_view(), name="retention"),
    path("settings/retention/holds/new/", PlaceLegalHold.as_view(), name="legal-hold-new"),
    path("settings/retention/holds/<uuid:legal_hold_id>/lift/", LiftLegalHold.as_view(), name="legal-hold-lift"),
    *both("api/audit/", Events.as_view(), "api-events"),
    *both("api/audit/changes/", Changes.as_view(), "api-changes"),
    *both("api/audit/<uuid:event_id>/", OneEvent.as_view(), "api-event"),
]
