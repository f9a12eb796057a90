"""What comes out of a printer, from any theme; and the doors around a forgotten password."""

from pathlib import Path
from typing import Any

import pytest

from bailiwick.kernel.identity.links import make_link
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.testing.browsers import faults_at
from tests.browser.test_pages import places

__all__ = ["places"]

pytestmark = pytest.mark.django_db(transaction=True)

A4 = {"width": 673, "height": 978}
CUT = "[...document.querySelectorAll('.tbl :is(.t, .sub)')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
SHELL = ".side, .topbar, .views, .list-tools, .bulk, .c-tick, .btn, .tabs, .toasts"


def printed(sign_in: Any, live_server: Any, reviewer: Any, address: str) -> Any:
    """A page in the dark theme, as it goes to paper."""
    page = sign_in(reviewer)
    page.context.add_cookies([{"name": "bw_theme", "value": "dark", "url": live_server.url}])
    page.goto(address)
    page.set_viewport_size(A4)
    page.emulate_media(media="print")
    return page


def list_and_record(addresses: list[str]) -> list[str]:
    return ["/rejection-reasons/", next(each for each in addresses if each.startswith("/predictions/"))]


def test_a_list_and_a_record_print_light_and_without_their_shell(sign_in: Any, places: Any, live_server: Any) -> None:
    reviewer, addresses = places
    for address in list_and_record(addresses):
        page = printed(sign_in, live_server, reviewer, address)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"
        assert page.locator(SHELL).filter(visible=True).count() == 0
        assert page.locator(".print-head").filter(visible=True).count() == 1
        assert "Printed by" in page.locator(".print-head").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert page.locator("table.tbl").count() == 1
        assert page.evaluate(CUT) == 0


def test_the_workbench_prints_without_what_is_pressed(sign_in: Any, places: Any, live_server: Any) -> None:
    reviewer, _addresses = places
    page = printed(sign_in, live_server, reviewer, "/review")
    assert page.locator(".bench .doc-title").filter(visible=True).count() == 1
    assert (
        page.locator(":is(.bench button:not(.vh), .bench .seg, .bench-foot, .lease)").filter(visible=True).count() == 0
    )
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_times_on_paper_are_whole(sign_in: Any, places: Any, live_server: Any) -> None:
    reviewer, addresses = places
    page = printed(sign_in, live_server, reviewer, list_and_record(addresses)[1])
    written = page.evaluate("getComputedStyle(document.querySelector('main time'), '::after').content")
    assert written.count(":") == 2


def test_the_paper_counts_its_pages(sign_in: Any, places: Any, tmp_path: Path) -> None:
    reviewer, _addresses = places
    page = sign_in(reviewer)
    page.goto("/rejection-reasons/")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    rules = page.evaluate("[...document.styleSheets].flatMap(s => [...s.cssRules]).map(r => r.cssText).join()")
    assert 'counter(page) " of " counter(pages)' in rules


@pytest.mark.usefixtures("look")
def test_the_doors_around_a_forgotten_password_are_accessible(page: Any, member: Any, organization: Any) -> None:
    user = User.objects.get(id=str(member(organization).user_id))
    link = f"/accounts/password/new/?link={make_link(user)}"
    assert faults_at(page, ["/accounts/password/forgotten/", link, "/accounts/password/new/"]) == {}


@pytest.mark.usefixtures("look")
def test_ones_own_page_is_accessible(sign_in: Any, member: Any, organization: Any) -> None:
    page = sign_in(member(organization))
    assert faults_at(page, ["/accounts/me/"]) == {}
    assert page.evaluate("document.cookie").count("bw_zone=") == 1
