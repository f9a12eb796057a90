"""From a ticket to a key, and from a lost key to the next, with an authenticator that Chromium plays."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.identity.tests.enrolling import enrolled, new_key_manager, page_of, register
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.browsers import PATIENCE, faults_at, faults_of, let_in
from bailiwick.kernel.testing.clients import with_session
from tests.browser.devices import Device, leave, offer_nothing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def new_page(browser: Any, live_server: Any) -> Iterator[Callable[[], Any]]:
    """Further browsers, each with cookies of its own."""
    contexts = []

    def make() -> Any:
        context = browser.new_context(base_url=live_server.url, locale="en-GB", viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    yield make
    for context in contexts:
        context.close()


def ticket_on(page: Any) -> str:
    """The link that a page shows, and whose picture stands beside it."""
    assert page.locator("svg.qr").bounding_box()["width"] > 100
    return str(page.locator("#link").text_content())


def make_key(page: Any, link: str, name: str) -> None:
    page.goto(link)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Make my key").click()
    page.wait_for_url(lambda address: "/accounts/" not in address)


def sign_in_by_key(page: Any) -> None:
    page.goto("/accounts/login")
    page.get_by_role("button", name="Sign in with a passkey").click()


def is_in(page: Any) -> None:
    page.wait_for_url(lambda address: "/accounts/login" not in address)
    page.locator(".side-foot", has_text="Ada Lovelace").wait_for()


def test_ticket_key_second_key_and_recovery_by_two(
    page: Any, new_page: Callable[[], Any], live_server: Any, organization: Any
) -> None:
    one, other = (new_key_manager(organization) for _manager in range(2))
    manager, second = let_in(new_page(), one, live_server.url), let_in(new_page(), other, live_server.url)

    manager.goto("/people/")
    manager.get_by_role("link", name="Register a person").click()
    manager.get_by_label("First name").fill("Ada")
    manager.get_by_label("Last name").fill("Lovelace")
    manager.get_by_role("button", name="Register and make the ticket").click()
    link = ticket_on(manager)
    assert re.fullmatch(re.escape(live_server.url) + r"/accounts/enrol/\?ticket=[\w-]{43}", link)

    offer_nothing(page)
    device = Device(page)
    make_key(page, link, "Laptop")
    is_in(page)
    first = device.keys()
    assert len(first) == 1
    leave(page)
    sign_in_by_key(page)
    is_in(page)
    first = device.keys()

    device.plug([])
    page.goto("/accounts/security/passkeys/new/")
    page.get_by_label("Name", exact=True).fill("Phone")
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url("**/accounts/security/")
    assert page.locator(".own > li").count() == 2
    phone = device.keys()
    leave(page)
    sign_in_by_key(page)
    is_in(page)
    phone = device.keys()

    manager.get_by_role("link", name="It is handed over").click()
    manager.get_by_role("link", name="The key is lost").click()
    manager.get_by_label("What happened").fill("Both were in the bag that was stolen.")
    manager.get_by_role("button", name="Ask for a recovery").click()
    manager.get_by_text("Another key manager has to decide").first.wait_for()
    second.goto("/people/recoveries/")
    second.get_by_role("link", name="Ada Lovelace").click()
    second.get_by_role("button", name="Approve the recovery").click()
    link = ticket_on(second)

    page.goto("/")
    page.wait_for_url("**/accounts/login*")
    for keys in (first, phone):
        device.plug(keys)
        sign_in_by_key(page)
        page.get_by_text("This passkey opens nothing here.").first.wait_for()

    device.plug([])
    make_key(page, link, "New laptop")
    is_in(page)
    leave(page)
    sign_in_by_key(page)
    is_in(page)
    page.goto(link)
    page.get_by_role("heading", name="The ticket does not work any more").wait_for()


@pytest.mark.usefixtures("look")
def test_pages_of_key_managers_are_accessible(page: Any, live_server: Any, organization: Any) -> None:
    one, other = (new_key_manager(organization) for _manager in range(2))
    with enter(organization.id):
        Grant.objects.update(is_passable=True)
    made, inside = register(one), enrolled(one)[0]
    asked = with_session(other).post(f"/people/{inside.id}/recovery/", {"reason": "Left on the train."})["Location"]
    let_in(page, one, live_server.url)
    person = f"/people/{made.member.id}/"
    addresses = ["/people/", "/people/new/", person, f"/people/{inside.id}/", f"/people/{inside.id}/recovery/"]
    addresses += ["/people/recoveries/", asked, page_of(made.secret), page_of("none")]
    assert faults_at(page, addresses) == {}
    page.goto(person)
    page.get_by_role("button", name="Make another ticket").click()
    page.locator("#link").wait_for()
    assert not faults_of(page)
