"""The reviewer's main journey, by keyboard alone, in a real browser."""

from typing import Any

import pytest

from bailiwick.apps.predictions.models import AddedReason, Reason, ReasonDecision
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.testing.factories import PASSWORD
from bailiwick.kernel.worklist.models import WorkItem
from tests.browser.reviewing import fill, see

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reviewer(organization: Any, member: Any) -> Any:
    return member(organization, "reviewer")


def test_ten_items_are_reviewed_with_the_keyboard_alone(
    page: Any, organization: Any, member: Any, person: Any, actor_of: Any, scope: Any
) -> None:
    fill(organization, member, actor_of, scope, 10)
    user, reviewer = person(organization, "reviewer")
    press = page.keyboard.press
    page.goto("/accounts/login")
    page.keyboard.type(user.username)
    press("Tab")
    page.keyboard.type(PASSWORD)
    press("Enter")
    page.wait_for_url("**/review")
    press("n")
    for number in range(10):
        see(page, f"Course {number}")
        press("1")
        press("c")
        if number % 2:
            press("c")
        else:
            press("2")
            press("o")
            page.keyboard.type("The address stands on the second page.")
        press("Control+Enter")
    page.get_by_role("heading", name="Nothing left for you").wait_for()
    with scope(organization):
        assert Decision.objects.filter(member=reviewer, verdict="reject").count() == 10
        assert WorkItem.objects.filter(done_at=None).count() == 0
        assert ReasonDecision.objects.filter(outcome="overridden").count() == 5
        texts = set(ReasonDecision.objects.filter(outcome="overridden").values_list("corrected_explanation", flat=True))
        assert texts == {"The address stands on the second page."}


def test_opening_the_review_claims_nothing_and_resumes_what_i_hold(
    sign_in: Any, organization: Any, member: Any, reviewer: Any, actor_of: Any, scope: Any
) -> None:
    fill(organization, member, actor_of, scope, 2)
    page = sign_in(reviewer)
    page.goto("/review")
    page.reload()
    with scope(organization):
        assert not WorkItem.objects.filter(holder__isnull=False).exists()
    page.keyboard.press("n")
    see(page, "Course 0")
    page.goto("/")
    page.goto("/review")
    see(page, "Course 0")
    with scope(organization):
        assert WorkItem.objects.filter(holder=reviewer).count() == 1


def test_a_submit_with_something_open_leads_there_and_stores_nothing(
    sign_in: Any, organization: Any, member: Any, reviewer: Any, actor_of: Any, scope: Any
) -> None:
    fill(organization, member, actor_of, scope, 1)
    page = sign_in(reviewer)
    page.goto("/review")
    page.keyboard.press("n")
    see(page, "Course 0")
    page.keyboard.press("1")
    page.keyboard.press("c")
    page.keyboard.press("Control+Enter")
    page.locator(".reason.is-now input:focus").first.wait_for()
    assert page.locator(".reason.is-now h3").inner_text() == "Reason 266580"
    with scope(organization):
        assert not Decision.objects.exists()


def test_without_script_the_review_works_by_forms(
    browser: Any, live_server: Any, sign_in: Any, organization: Any, member: Any, person: Any, actor_of: Any, scope: Any
) -> None:
    fill(organization, member, actor_of, scope, 1)
    user, _member = person(organization, "reviewer")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/login")
    page.fill("[name=login]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Review next").click()
    for card in page.locator(".reason").all():
        card.get_by_text("Confirm").click()
    page.get_by_role("button", name="Submit and next").click()
    page.get_by_role("heading", name="Nothing left for you").wait_for()
    context.close()
    with scope(organization):
        assert Decision.objects.count() == 1


def test_leaving_gives_the_item_back(
    sign_in: Any, organization: Any, member: Any, reviewer: Any, actor_of: Any, scope: Any
) -> None:
    fill(organization, member, actor_of, scope, 1)
    page = sign_in(reviewer)
    page.goto("/review")
    page.keyboard.press("n")
    page.get_by_role("button", name="Leave").click()
    page.wait_for_url("**/")
    with scope(organization):
        assert not WorkItem.objects.filter(holder__isnull=False).exists()


def test_my_decision_is_corrected_and_the_former_stays_on_record(
    sign_in: Any, organization: Any, member: Any, reviewer: Any, actor_of: Any, scope: Any
) -> None:
    fill(organization, member, actor_of, scope, 1)
    page = sign_in(reviewer)
    page.goto("/review")
    page.keyboard.press("n")
    see(page, "Course 0")
    for key in ("1", "c", "c", "Control+Enter"):
        page.keyboard.press(key)
    page.get_by_role("heading", name="Nothing left for you").wait_for()
    page.goto("/rejection-reasons/")
    page.get_by_role("link", name="Course 0").click()
    page.get_by_role("link", name="Correct it").click()
    page.get_by_text("Accept", exact=True).click()
    page.get_by_role("button", name="Store the correction").click()
    page.get_by_text("What it supersedes").click()
    page.get_by_text("Superseded").wait_for()
    with scope(organization):
        first, second = Decision.objects.order_by("id")
        assert (first.verdict, second.verdict, second.supersedes_id) == ("reject", "accept", first.id)


def test_a_reason_is_added_by_keyboard_and_another_one_taken_away(
    sign_in: Any, organization: Any, member: Any, reviewer: Any, actor_of: Any, scope: Any
) -> None:
    fill(organization, member, actor_of, scope, 1)
    with scope(organization):
        Reason.objects.create(code=7, title="Health claim", is_confirmed=True)
    page = sign_in(reviewer)
    page.goto("/review")
    press = page.keyboard.press
    press("n")
    see(page, "Course 0")
    for key in ("1", "c", "c", "a"):
        press(key)
    page.keyboard.type("7 · Health claim")
    press("Escape")
    press("Escape")
    press("a")
    page.keyboard.type("Not this one")
    assert page.locator("[data-row]").count() == 2
    page.get_by_role("button", name="Remove this reason").last.click()
    assert page.locator("[data-row]").count() == 1
    page.locator("[name=added-explanation]").fill("It heals.")
    press("Control+Enter")
    page.get_by_role("heading", name="Nothing left for you").wait_for()
    with scope(organization):
        [added] = AddedReason.objects.select_related("reason")
        assert (added.reason.title, added.explanation) == ("Health claim", "It heals.")


@pytest.mark.parametrize(("key", "button", "verb"), [("s", "Skip it", "skipped"), ("e", "Escalate it", "escalated")])
def test_a_prediction_is_passed_on_by_keyboard_with_a_reason(
    sign_in: Any,
    organization: Any,
    member: Any,
    reviewer: Any,
    actor_of: Any,
    scope: Any,
    key: str,
    button: str,
    verb: str,
) -> None:
    fill(organization, member, actor_of, scope, 2)
    page = sign_in(reviewer)
    page.goto("/review")
    page.keyboard.press("n")
    see(page, "Course 0")
    page.keyboard.press(key)
    page.locator("dialog[open]").wait_for()
    page.get_by_role("button", name=button).click()
    see(page, "Course 0")
    page.locator("dialog[open] [name=why]").first.check()
    page.locator("dialog[open] textarea").fill("Ask Rosa.")
    page.get_by_role("button", name=button).click()
    see(page, "Course 1")
    with scope(organization):
        event = Event.objects.get(verb=f"worklist.item.{verb}")
        assert event.data["reason"].endswith(": Ask Rosa.")


def test_without_script_a_prediction_is_skipped_and_a_reason_added(
    browser: Any, live_server: Any, organization: Any, member: Any, person: Any, actor_of: Any, scope: Any
) -> None:
    fill(organization, member, actor_of, scope, 2)
    user, _member = person(organization, "reviewer")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/login")
    page.fill("[name=login]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Review next").click()
    page.get_by_role("button", name="Skip", exact=False).first.click()
    page.locator("#skip [name=why]").first.check()
    page.get_by_role("button", name="Skip it").click()
    page.get_by_role("heading", name="Course 1").wait_for()
    for card in page.locator(".reason").all():
        card.get_by_text("Confirm").click()
    page.get_by_text("Add a reason").click()
    page.fill("[name=added-reason]", "Something new")
    page.get_by_role("button", name="Submit and next").click()
    page.get_by_role("button", name="Undo").wait_for()
    context.close()
    with scope(organization):
        assert AddedReason.objects.get().reason.title == "Something new"
