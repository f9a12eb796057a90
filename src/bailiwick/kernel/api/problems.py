"""Every error of the API as one kind of document: problem details (RFC 9457)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import psycopg.errors
import structlog
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, Throttled, ValidationError

from bailiwick.kernel.access.refusals import note_refusal
from bailiwick.kernel.api.errors import TooLarge
from bailiwick.kernel.api.rendering import to_json
from bailiwick.kernel.base.errors import DomainError, InvalidInput, NotFound

logger = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:bailiwick:problem:"
PASSING = (
    psycopg.errors.QueryCanceled,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)
BUSY = _("The server is busy with the same data. Nothing was changed; try again in a moment.")
BROKEN = _("Something went wrong on our side. Nothing was changed; quote the request id when you report it.")
UNSTORABLE = _("A value is outside of what can be stored or compared. Nothing was changed.")

Published = Mapping[str, str | Callable[[dict[str, Any]], Any]]


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, before it is written for a request; `members` are extensions of the document."""

    status: int
    code: str
    detail: Any
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's exception handler; None for what is our own mistake (a 500)."""
    problem = describe(error)
    if problem is None:
        return None
    request = context["request"]
    if isinstance(error, DomainError):
        note_refusal(request._request, error)
    return respond(request._request, problem, getattr(context["view"], "published_members", {}))


def describe(error: BaseException) -> Problem | None:
    """The problem that an exception means, or None when it means none that we know."""
    match error:
        case DomainError():
            wait = {"Retry-After": str(error.data["retry_after"])} if "retry_after" in error.data else {}
            return Problem(error.status, error.code, error.message, error.data, wait)
        case ValidationError():
            return Problem(400, InvalidInput.code, InvalidInput.message, {"errors": flatten(error.detail)})
        case Throttled():
            headers = {"Retry-After": str(max(1, round(getattr(error, "wait", 0) or 1)))}
            return Problem(429, "api.throttled", error.detail, headers=headers)
        case APIException():
            return Problem(error.status_code, f"api.{error.get_codes()}", error.detail)
        case Http404():
            return Problem(404, NotFound.code, NotFound.message)
        case PermissionDenied():
            return Problem(403, "api.permission_denied", _("You are not allowed to do this."))
        case RequestDataTooBig():
            return Problem(TooLarge.status, TooLarge.code, TooLarge.message)
        case BadRequest() | SuspiciousOperation() | UnreadablePostError():
            return Problem(400, "api.bad_request", _("The request cannot be understood."))
    return _describe_database_error(error)


def _describe_database_error(error: BaseException) -> Problem | None:
    match error:
        case DataError():
            logger.warning("value_refused_by_database", reason=type(error.__cause__).__name__)
            return Problem(400, "api.unstorable", UNSTORABLE)
        case OperationalError() if isinstance(error.__cause__, PASSING):
            logger.warning("database_busy", reason=type(error.__cause__).__name__)
            return Problem(503, "api.busy", BUSY, headers={"Retry-After": "1"})
    return None


def flatten(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested errors of serializers as {"reasons.0.confidence": [sentence]}."""
    found: dict[str, list[str]] = {}
    for name, sentence in _sentences(detail, path):
        found.setdefault(name or "non_field_errors", []).append(sentence)
    return found


def _sentences(detail: Any, path: str) -> Iterator[tuple[str, str]]:
    match detail:
        case dict():
            for key, inner in detail.items():
                yield from _sentences(inner, f"{path}.{key}" if path else str(key))
        case list() if any(isinstance(inner, dict) for inner in detail):
            for index, inner in enumerate(detail):
                yield from _sentences(inner, f"{path}.{index}" if path else str(index))
        case list():
            yield from ((path, str(inner)) for inner in detail)
        case _:
            yield path, str(detail)


def respond(request: HttpRequest, problem: Problem, published: Published | None = None) -> HttpResponse:
    """Write a problem as the answer to a request, with the members that a published path had before."""
    document = {
        **problem.members,
        "type": TYPE + problem.code,
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": str(problem.detail),
        "instance": request.path,
        "code": problem.code,
        "request_id": getattr(request, "request_id", ""),
    }
    for name, value in (published or {}).items():
        worked_out = value(document) if callable(value) else value
        if worked_out is not None:
            document[name] = worked_out
    response = HttpResponse(to_json(document), status=problem.status, content_type=MEDIA_TYPE, headers=problem.headers)
    response["Cache-Control"] = "no-store"
    if problem.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def refuse(request: HttpRequest, error: BaseException) -> HttpResponse:
    """The answer to an error outside of any view of the API: an unknown address, a bad header, a mistake of ours."""
    return respond(request, describe(error) or Problem(500, "api.server_error", BROKEN))
