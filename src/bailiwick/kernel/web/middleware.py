"""What a page may load and run, and the zone in which it shows times."""

from collections.abc import Callable
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

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


class TimeZoneMiddleware:
    """Shows times in the zone that the person chose, else in the browser's; programs are answered in UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.session.get("signed_in", {}).get("time_zone", "")
        zone = known_zone(chosen) or known_zone(request.COOKIES.get("bw_zone", ""))
        request.time_zone = zone  # type: ignore[attr-defined]
        with timezone.override(ZoneInfo(zone) if zone else None):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if hasattr(view, "cls"):  # an endpoint of the API
            timezone.deactivate()


def known_zone(name: str) -> str:
    """The name if it is one of IANA's, else "": what a cookie says opens no file."""
    return name if name in _zones() else ""


@cache
def _zones() -> set[str]:
    return available_timezones()
