from django.urls import path

from bailiwick.kernel.disclosures.web.emergencies import (
    BreakGlass,
    EmergencyBench,
    OneEmergency,
    ReleaseEmergency,
)
from bailiwick.kernel.disclosures.web.reads import OneRead, ReadList
from bailiwick.kernel.disclosures.web.sensitive import SensitiveKinds

app_name = "disclosures"

urlpatterns = [
    path("emergency/", BreakGlass.as_view(), name="break-glass"),
    path("emergencies/", EmergencyBench.as_view(), name="emergencies"),
    path("emergencies/release/", ReleaseEmergency.as_view(), name="emergency-release"),
    path("emergencies/<uuid:emergency_id>/", OneEmergency.as_view(), name="emergency"),
    path("disclosures/", ReadList.as_view(), name="reads"),
    path("disclosures/<uuid:read_id>/", OneRead.as_view(), name="read"),
    path("settings/sensitive/", SensitiveKinds.as_view(), name="sensitive"),
]
