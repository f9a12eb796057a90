"""The request id: one name for all that a request did, in answers, logs, events and changes."""

import re
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from bailiwick.kernel.base.identifiers import new_uuid7

logger = structlog.get_logger(__name__)
# Asked every few seconds by machines: their answers are figures, not news.
QUIET = ("/health/", "/metrics", "/static/")
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestIdMiddleware:
    """Takes a valid X-Request-ID, else makes one; gives it back, binds it to the logs, and logs the request once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if ACCEPTED.fullmatch(given) else str(new_uuid7())  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        begun = time.perf_counter()
        response = self.get_response(request)
        if not request.path.startswith(QUIET):
            milliseconds = round((time.perf_counter() - begun) * 1000, 1)
            logger.info(
                "request", method=request.method, path=request.path, status=response.status_code, ms=milliseconds
            )
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response
