"""An operator comes in by a passkey, chooses an organisation, looks, and leaves; and how the pages are read."""

from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache

from bailiwick.kernel.identity.choices import Method
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.operators.tests.operating import new_operator, told
from bailiwick.kernel.testing.browsers import faults_at, faults_of
from bailiwick.kernel.testing.clients import session_of, with_session
from bailiwick.kernel.testing.factories import new_member
from tests.browser.devices import Device, leave, offer_nothing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(organization: Any) -> Member:
    cache.clear()
    new_member(organization, "reviewer", name="Ines Albrecht")
    return new_operator()


def with_passkey(page: Any, operator: Member, home: str) -> Any:
    cookie = with_session(operator, session=session_of(operator, method=Method.PASSKEY)).cookies[
        settings.SESSION_COOKIE_NAME
    ]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": home}])
    return page


def choose(page: Any, organization: Any) -> None:
    page.goto("/operators/")
    page.get_by_label("Name or short name").fill(organization.slug)
    page.get_by_role("button", name="Find").click()
    page.get_by_label(organization.name).check()
    page.get_by_label("Why").fill("Ticket 17: rows are missing")
    page.get_by_role("button", name="Look into it").click()
    page.wait_for_url("**/operators/tables/")


def test_by_a_passkey_one_organisation_is_chosen_looked_into_and_left(
    sign_in: Any, operator: Member, organization: Any
) -> None:
    page = sign_in(operator)
    offer_nothing(page)
    Device(page)
    page.goto("/operators/")
    page.get_by_text("Operators come in by a passkey.").wait_for()
    page.goto("/accounts/security/passkeys/new/")
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url("**/accounts/security/")
    leave(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("link", name="Operators").click()
    choose(page, organization)
    page.get_by_role("link", name="identity_member").click()
    page.get_by_role("cell", name="Ines Albrecht").wait_for()
    page.locator("tbody th a").first.click()
    page.get_by_role("rowheader", name="Name").wait_for()
    page.get_by_role("button", name="Leave").click()
    page.get_by_text("You have left the organisation.").first.wait_for()
    page.goto("/operators/tables/identity_member/")
    page.wait_for_url("**/operators/")
    assert [event.data["table"] for event in told(organization.id, "operators.row.seen")] == ["identity_member"]


@pytest.mark.usefixtures("look")
def test_the_pages_of_operators_are_accessible(
    page: Any, operator: Member, organization: Any, live_server: Any
) -> None:
    with_passkey(page, operator, live_server.url)
    assert faults_at(page, ["/operators/", "/operators/?q=nowhere"]) == {}
    choose(page, organization)
    assert faults_of(page) == []
    addresses = [f"/operators/tables/{table}/" for table in ("identity_member", "audit_event", "files_storedfile")]
    assert faults_at(page, ["/operators/", *addresses]) == {}
    page.goto(addresses[0])
    page.locator("tbody th a").first.click()
    page.get_by_role("rowheader", name="Name").wait_for()
    assert faults_of(page) == []
