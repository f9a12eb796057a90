"""Access is reviewed, and somebody is let go who holds work, in a browser; the pages are for everybody."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.members.tests.teams import Team
from bailiwick.kernel.testing.browsers import faults_at, faults_of
from tests.browser.reviewing import fill, see

pytestmark = pytest.mark.django_db(transaction=True)
REVIEWS, NEXT = "/members/reviews/", "/members/reviews/next/"


@pytest.fixture
def team(organization: Any) -> Team:
    team = Team(organization)
    team.report(team.lead, team.administrator)
    team.report(team.administrator, team.lead)
    return team


def test_a_review_is_started_signed_and_reported(sign_in: Any, team: Team) -> None:
    page = sign_in(team.administrator)
    page.goto(REVIEWS)
    page.get_by_role("link", name="Start a review").click()
    page.get_by_label("Title").fill("Autumn")
    page.get_by_label("Until the end of").fill((localdate() + timedelta(days=5)).isoformat())
    page.get_by_role("button", name="Start").click()
    page.get_by_role("heading", name="Autumn").wait_for()
    report = page.url

    sign_in(team.lead)
    page.goto("/")
    page.get_by_role("link", name="Access reviews").first.click()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("heading", name="What does Ada still need?").wait_for()
    page.get_by_text("Keep it").click()
    page.get_by_role("button", name="Sign and go on").click()
    page.get_by_role("heading", name="What does Anna still need?").wait_for()
    page.get_by_text("End it").click()
    page.get_by_label("Note").fill("She went to another department.")
    page.get_by_role("button", name="Sign and go on").click()
    page.get_by_role("heading", name="You are asked about nobody now").wait_for()

    sign_in(team.administrator)
    page.goto(report)
    page.get_by_text("She went to another department.").wait_for()
    page.get_by_role("button", name="Close the review").click()
    page.locator(".rec-title", has_text="Closed").wait_for()
    with team.inside():
        assert Member.objects.get(id=team.anna.id).is_active
    assert team.actor(team.anna).roles == ()


def test_whoever_holds_work_is_let_go_and_it_goes_back(
    sign_in: Any, organization: Any, member: Any, team: Team, actor_of: Any, scope: Any
) -> None:
    fill(organization, member, actor_of, scope, 1)
    page = sign_in(team.anna)
    page.goto("/review")
    page.keyboard.press("n")
    see(page, "Course 0")

    boss = sign_in(team.administrator)
    boss.goto(f"/people/{team.anna.id}/leave/")
    boss.get_by_text("goes back to its place in the queue").wait_for()
    boss.get_by_label("Reason").fill("Contract over.")
    boss.get_by_role("button", name="Let go").click()
    boss.locator(".rec-title", has_text="Has left").wait_for()

    other = sign_in(team.lead)
    other.goto("/review")
    other.keyboard.press("n")
    see(other, "Course 0")
    assert team.actor(team.lead).roles == ("reviewer",)


@pytest.mark.usefixtures("look")
def test_the_pages_are_accessible(sign_in: Any, team: Team) -> None:
    page = sign_in(team.administrator)
    assert faults_at(page, [REVIEWS, f"{REVIEWS}new/", NEXT, f"/people/{team.administrator.id}/leave/"]) == {}
    review = team.start()
    team.take(team.administrator)
    leave = f"/people/{team.lead.id}/leave/"
    assert faults_at(page, [REVIEWS, f"{REVIEWS}{review.id}/", NEXT, leave]) == {}
    page.goto(NEXT)
    page.locator("form.stack").evaluate("form => { form.noValidate = true; form.submit() }")
    page.locator(".field-error").first.wait_for()
    assert faults_of(page) == []
    team.let_go(team.lead)
    assert faults_at(page, [leave]) == {}
