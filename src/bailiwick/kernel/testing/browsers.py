"""A real browser that asks no other host, and fails the test on whatever it complains of; and who can read a page."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.engines import source_root

PATIENCE = 30_000
"""Milliseconds to wait for what a page will show: machines that run tests are busy."""
THEMES = ("light", "dark")
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
AXE = source_root().parents[1] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
FIND_FAULTS = """rules => axe.run(document, {runOnly: rules}).then(found => found.violations.flatMap(
    rule => rule.nodes.map(node => rule.id + ": " + node.target.join(" "))))"""
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# What spins, or runs down slowly, is not waited for.
END_OF_MOTION = """Promise.allSettled(document.getAnimations()
    .filter(each => each.playState === "running" && each.effect.getComputedTiming().endTime < 2000)
    .map(each => each.finished))"""
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
    """A page of a fresh browser profile on the live server, where no attempt counts yet; `page.goto("/review")`."""
    cache.clear()
    context = browser.new_context(base_url=live_server.url, locale="en-GB", viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    context.add_init_script(TELL_VIOLATIONS)
    context.route("**/*", lambda route: _stay(route, live_server.url, faults))
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
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

    return lambda member: let_in(page, member, live_server.url)


def let_in(page: Any, member: Member, home: str) -> Any:
    """The page with a session of the member's."""
    cookie = with_session(member).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": home}])
    return page


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    size: str
    theme: str


@pytest.fixture(
    params=[Look(size, theme) for theme in THEMES for size in SIZES], ids=lambda look: f"{look.size}-{look.theme}"
)
def look(request: pytest.FixtureRequest, page: Any, live_server: Any) -> Look:
    """The page in each look in turn: wide and narrow, light and dark."""
    given: Look = request.param
    dress(page, live_server.url, SIZES[given.size], given.theme)
    return given


def dress(page: Any, home: str, size: tuple[int, int], theme: str) -> None:
    """Give the page a size in pixels, and the theme that a person chose."""
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    page.context.add_cookies([{"name": "bw_theme", "value": theme, "url": home}])


def faults_of(page: Any) -> list[str]:
    """What keeps anybody from reading the page as it stands: `rule: element`, and whether it runs over its edge."""
    page.wait_for_load_state()
    page.evaluate(END_OF_MOTION)
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text())
    found = page.evaluate(FIND_FAULTS, RULES)
    return [*found, *(["the page scrolls sideways"] if page.evaluate(SCROLLS_SIDEWAYS) else [])]


def faults_at(page: Any, addresses: Iterable[str]) -> dict[str, list[str]]:
    """The same of several pages: those that have any."""
    found = {}
    for address in addresses:
        page.goto(address)
        if faults := faults_of(page):
            found[address] = faults
    return found
