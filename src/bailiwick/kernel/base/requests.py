"""The request id: one name for all that a request did, in answers, logs, events and changes."""

import re
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from bailiwick.kernel.base.identifiers import new_uuid7

ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestIdMiddleware:
    """Takes a valid X-Request-ID, else makes one; gives it back and binds it to the logs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if ACCEPTED.fullmatch(given) else str(new_uuid7())  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response
