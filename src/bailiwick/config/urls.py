"""Every address: the parts' own `urls`, health and figures, and what is answered when something is wrong."""

from importlib.util import find_spec

from django.apps import apps
from django.urls import include, path

from bailiwick.kernel.base import health, metrics
from bailiwick.kernel.base.rights import OPEN, declare

urlpatterns = [
    path("health/live", declare(OPEN)(health.live), name="health-live"),
    path("health/ready", declare(OPEN)(health.ready), name="health-ready"),
    path("metrics", declare(OPEN)(metrics.metrics), name="metrics"),
    *(
        path("", include(f"{part.name}.urls"))
        for part in apps.get_app_configs()
        if part.name.startswith("bailiwick.") and find_spec(f"{part.name}.urls")
    ),
]

handler400 = "bailiwick.config.handlers.bad_request"
handler403 = "bailiwick.config.handlers.permission_denied"
handler404 = "bailiwick.config.handlers.not_found"
handler500 = "bailiwick.config.handlers.server_error"
