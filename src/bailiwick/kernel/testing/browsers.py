"""A real browser that asks no other host, and fails the test on whatever it complains of."""

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.clients import with_session

FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
)
# What the server refused (a form: 422), and what was still loading on a page that was left, is no fault of the page.
ANSWERED = (
    "Failed to load resource: the server responded with a status of 4",
    "htmx:afterRequest",
    "htmx:sendAbort",
)
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation",
    event => console.error("CSP: " + event.violatedDirective + " " + event.blockedURI))"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium from BAILIWICK_BROWSER or the system; BROWSER=0 skips what needs it."""
    if os.environ.get("BROWSER") == "0":
        pytest.skip("BROWSER=0")
    from playwright.sync_api import sync_playwright

    program = os.environ.get("BAILIWICK_BROWSER") or "/usr/bin/chromium"
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps a loop in this thread, in which Django would refuse every query.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, live_server: Any) -> Iterator[Any]:
    """A page of a fresh browser profile on the live server; `page.goto("/review")`."""
    context = browser.new_context(base_url=live_server.url, locale="en-GB", viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    context.add_init_script(TELL_VIOLATIONS)
    context.route("**/*", lambda route: _stay(route, live_server.url, faults))
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("console", lambda message: _listen(message, faults))
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not faults, faults


def _stay(route: Any, home: str, faults: list[str]) -> None:
    address = urlsplit(route.request.url)
    if address.scheme in ("data", "blob", "about") or address.netloc == urlsplit(home).netloc:
        route.continue_()
    else:
        faults.append(f"asked another host: {route.request.url}")
        route.abort()


def _listen(message: Any, faults: list[str]) -> None:
    if message.type in ("error", "warning") and not message.text.startswith(ANSWERED):
        faults.append(message.text)


@pytest.fixture
def sign_in(page: Any, live_server: Any) -> Callable[[Member], Any]:
    """`sign_in(member)` gives the page signed in, without the form."""

    def enter(member: Member) -> Any:
        cookie = with_session(member).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return page

    return enter
