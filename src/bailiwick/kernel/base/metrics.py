"""Figures for Prometheus: requests by view and status, and their durations."""

import os
import time
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

settings.METRICS_FOLDER.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(settings.METRICS_FOLDER))

from prometheus_client import (  # noqa: E402  the library reads its folder when it is imported
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

REQUESTS = Counter("bailiwick_requests", "Requests answered", ["view", "method", "status"])
SECONDS = Histogram("bailiwick_request_seconds", "Seconds from request to answer", ["view"])


class MetricsMiddleware:
    """Counts and times every request under the name of its view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else "none"
        REQUESTS.labels(view, request.method, response.status_code).inc()
        SECONDS.labels(view).observe(time.perf_counter() - begun)
        return response


def metrics(request: HttpRequest) -> HttpResponse:
    """Never public: with BAILIWICK_METRICS_TOKEN as bearer, or from this machine where no token is set."""
    if not _is_allowed(request):
        raise Http404
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_allowed(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        return request.headers.get("Authorization") == f"Bearer {settings.METRICS_TOKEN}"
    is_local = request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1") and "X-Forwarded-For" not in request.headers
    return is_local and not getattr(settings, "PRODUCTION", False)
