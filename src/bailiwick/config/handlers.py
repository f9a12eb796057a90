"""Errors outside of any view: a problem document for programs, a page for people."""

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from bailiwick.kernel.api import problems
from bailiwick.kernel.api.errors import ForgeryRefused
from bailiwick.kernel.web import errors as pages


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problems.refuse(request, exception) if is_program(request) else pages.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problems.refuse(request, exception) if is_program(request) else pages.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problems.refuse(request, exception) if is_program(request) else pages.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    if is_program(request):
        return problems.refuse(request, error or RuntimeError())
    return pages.unavailable(request) if isinstance(error, OperationalError) else pages.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return permission_denied(request, ForgeryRefused())


def is_program(request: HttpRequest) -> bool:
    """Whether the answer is read by a program: below /api/, or where JSON is accepted rather than a page."""
    return (
        request.path.startswith("/api/")
        or request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    )
