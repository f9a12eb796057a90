"""Where one is signed in, how people sign in, and showing again who one is, as everybody sees them."""

from typing import Any

import pytest

from bailiwick.kernel.identity.models import Member, Session
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.browsers import faults_at
from bailiwick.kernel.testing.clients import session_of
from bailiwick.kernel.testing.factories import PASSWORD, new_member

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {"sessions": "/accounts/sessions/", "policy": "/settings/sign-in/", "again": "/accounts/again/"}
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def administrator(organization: Any) -> Member:
    member = new_member(organization, "administrator", name="Ines Albrecht")
    session_of(member, agent=FIREFOX, address="192.0.2.17")
    session_of(member, "token", agent="curl/8.5", address="2001:db8::1")
    return member


@pytest.mark.usefixtures("look")
def test_pages_of_sessions_and_policy_are_accessible(sign_in: Any, administrator: Member) -> None:
    assert faults_at(sign_in(administrator), PAGES.values()) == {}


def test_one_ends_another_session_and_all_others(sign_in: Any, administrator: Member) -> None:
    page = sign_in(administrator)
    page.goto(PAGES["sessions"])
    page.get_by_role("button", name="End Firefox on Windows").click()
    page.get_by_text("The session is ended.").first.wait_for()
    assert page.get_by_role("listitem").filter(has_text="Firefox on Windows").count() == 0
    page.get_by_role("button", name="End all others").click()
    page.get_by_text("You are signed in nowhere else.").first.wait_for()


def test_an_old_proof_is_shown_again_before_the_policy_is_changed(
    sign_in: Any, administrator: Member, organization: Any
) -> None:
    page = sign_in(administrator)
    page.goto(PAGES["policy"])
    page.get_by_label("To change who may sign in").select_option("900")
    page.get_by_role("button", name="Store").click()
    page.get_by_text("Stored. It holds").first.wait_for()
    with enter(organization.id):
        Session.objects.update(authenticated_at="2026-01-01T00:00:00Z")
    page.get_by_label("Sessions of one person at once").fill("5")
    page.get_by_role("button", name="Store").click()
    page.wait_for_url("**/accounts/again/**")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/settings/sign-in/")
    page.get_by_label("Sessions of one person at once").fill("5")
    page.get_by_role("button", name="Store").click()
    page.get_by_text("Stored. It holds").first.wait_for()
