"""What a page may load and run."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class ContentSecurityPolicyMiddleware:
    """Sends the one policy of the house, or the one that a view names as its `content_security_policy`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = getattr(request, "content_security_policy", POLICY)
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        shown_by = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
        if named := getattr(shown_by, "content_security_policy", ""):
            request.content_security_policy = named  # type: ignore[attr-defined]
