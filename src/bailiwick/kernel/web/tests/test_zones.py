"""Times in the reader's zone, figures and days as the reader's language writes them."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.translation import override

from bailiwick.kernel.web import moments
from bailiwick.kernel.web.middleware import TimeZoneMiddleware
from bailiwick.kernel.web.templatetags.bailiwick import at, figure

MOMENT = datetime(2026, 3, 5, 22, 30, tzinfo=UTC)


def shown(cookie: str = "", chosen: str = "") -> str:
    """The moment as a page shows it."""
    request = RequestFactory().get("/")
    request.session = {"signed_in": {"time_zone": chosen}}  # type: ignore[assignment]
    request.COOKIES["bw_zone"] = cookie
    answer = TimeZoneMiddleware(lambda _request: HttpResponse(moments.absolute(MOMENT)))(request)
    return answer.content.decode()


@pytest.mark.parametrize(
    ("cookie", "chosen", "ends"),
    [
        ("", "", "5 Mar 2026, 22:30:00 UTC"),
        ("Asia/Tokyo", "", "6 Mar 2026, 07:30:00 JST"),
        ("Asia/Tokyo", "Europe/Berlin", "5 Mar 2026, 23:30:00 CET"),
        ("../../etc/passwd", "", "5 Mar 2026, 22:30:00 UTC"),
        ("x" * 5000, "", "5 Mar 2026, 22:30:00 UTC"),
    ],
)
def test_times_are_in_the_zone_that_was_chosen_else_in_the_browsers(cookie: str, chosen: str, ends: str) -> None:
    assert shown(cookie, chosen) == ends
    assert timezone.get_current_timezone_name() == "UTC"


def test_programs_are_answered_in_utc() -> None:
    request: Any = RequestFactory().get("/api/")
    request.session, seen = {}, []
    request.COOKIES["bw_zone"] = "Asia/Tokyo"

    def answer(given: Any) -> HttpResponse:
        middleware.process_view(given, SimpleNamespace(cls=object), (), {})  # type: ignore[arg-type]
        seen.append(timezone.get_current_timezone_name())
        return HttpResponse()

    middleware = TimeZoneMiddleware(answer)
    middleware(request)
    assert seen == ["UTC"]


def test_a_page_says_its_zone(member: Any, organization: Any, session_client: Any) -> None:
    client: Client = session_client(member(organization))
    client.cookies["bw_zone"] = "America/New_York"
    assert 'data-zone="America/New_York"' in client.get("/").content.decode()


@pytest.mark.parametrize(("language", "figures"), [("en", ["1,204.50", "12,345"]), ("de", ["1.204,50", "12.345"])])
def test_figures_are_written_as_the_language_does(language: str, figures: list[str]) -> None:
    with override(language):
        assert [figure(Decimal("1204.50")), figure(12345)] == figures


def test_the_time_of_day_is_the_readers() -> None:
    with timezone.override("Asia/Tokyo"):
        assert ">07:30<" in at(MOMENT)
