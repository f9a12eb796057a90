"""Every page, light and dark, wide and narrow: readable by all, and nothing runs over its edge."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from bailiwick.apps.predictions.actions.review import decide_prediction
from bailiwick.apps.predictions.tests.factories import confirming, submitted
from bailiwick.kernel.testing.browsers import Look, faults_at, faults_of
from bailiwick.kernel.worklist.actions import claim_next

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def places(organization: Any, member: Any, actor_of: Any, scope: Any) -> tuple[Any, list[str]]:
    """A reviewer with work waiting, held and decided, and the addresses of all pages."""
    program, reviewer = member(organization, "submitter", kind="program"), member(organization, "reviewer")
    actor = actor_of(reviewer)
    with scope(organization):
        for number in range(3):
            submitted(actor_of(program), title=f"Course {number}", text="One.\n\nTwo.", attributes={"Price": "€9.00"})
        claim = claim_next(actor=actor, queue_code="predictions.review")
        assert claim is not None
        decided = decide_prediction(
            actor=actor, prediction_id=claim.subject_id, token=claim.token, answer=confirming()
        ).decision
        claim_next(actor=actor, queue_code="predictions.review")
    return reviewer, [
        "/",
        "/review",
        "/rejection-reasons/",
        "/rejection-reasons/?state=held",
        "/rejection-reasons/?q=nothing-is-called-that",
        f"/predictions/{claim.subject_id}/",
        f"/review/update/{decided.id}/",
        "/accounts/password",
        "/nothing-here",
    ]


def test_pages_are_accessible(sign_in: Any, places: Any, look: Look) -> None:
    reviewer, addresses = places
    page = sign_in(reviewer)
    for address in addresses:
        assert faults_at(page, [address]) == {}
        assert page.locator("html").get_attribute("data-bs-theme") == look.theme


@pytest.mark.usefixtures("look")
def test_the_door_is_accessible(page: Any) -> None:
    assert faults_at(page, ["/accounts/login"]) == {}


def test_the_page_of_the_proxy_is_accessible(page: Any, tmp_path: Path, look: Look) -> None:
    call_command("write_offline_page", to=tmp_path / "offline.html", verbosity=0)
    page.emulate_media(color_scheme=look.theme)
    page.route("**/review", lambda route: route.fulfill(path=tmp_path / "offline.html"))
    page.goto("/review")
    assert page.locator("main").evaluate("element => getComputedStyle(element).display") == "grid"
    assert not faults_of(page)


def test_dialogs_are_accessible_and_return_the_focus(sign_in: Any, places: Any) -> None:
    reviewer, _addresses = places
    page = sign_in(reviewer)
    page.goto("/")
    for keys in ("?", "Control+k"):
        page.keyboard.press(keys)
        page.locator("dialog[open]").wait_for()
        assert not faults_of(page)
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")


def test_keys_lead_to_pages(sign_in: Any, places: Any) -> None:
    reviewer, _addresses = places
    page = sign_in(reviewer)
    page.goto("/")
    for key, address in (("p", "**/rejection-reasons/"), ("r", "**/review"), ("d", "**/")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(address)


def test_the_list_is_walked_with_keys(sign_in: Any, places: Any) -> None:
    reviewer, _addresses = places
    page = sign_in(reviewer)
    page.goto("/rejection-reasons/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/predictions/*/")


def test_a_form_of_another_organisation_stores_nothing(
    page: Any,
    live_server: Any,
    organization: Any,
    other_organization: Any,
    places: Any,
    member: Any,
    session_client: Any,
) -> None:
    reviewer, _addresses = places
    client = session_client(reviewer)
    answer = client.post("/review/next/", {"organization": str(other_organization.id)})
    assert answer.status_code == 409
    assert "another organisation" in answer.content.decode()


def test_the_theme_is_switched_and_stays(sign_in: Any, places: Any) -> None:
    reviewer, _addresses = places
    page = sign_in(reviewer)
    page.goto("/")
    before = page.locator("html").get_attribute("data-bs-theme")
    page.locator("[data-switch-theme]").first.click()
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") != before
