"""A right is given, explained and lost, in a browser; and the page that explains it is for everybody."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now

from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.kernel.access.actions import end_grant, give_grant
from bailiwick.kernel.access.actions.deputies import name_deputy
from bailiwick.kernel.access.models import Grant, RoleRights
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.browsers import faults_at, faults_of

pytestmark = pytest.mark.django_db(transaction=True)

WHY, LIST = "/access/why/", "/rejection-reasons/"
DAY = timedelta(days=1)


@pytest.fixture
def boss(organization: Any, member: Any) -> Any:
    return member(organization, "administrator", name="Ada Admin")


def let_days_pass(count: int) -> None:
    """Whatever the organisation has written about who may what is so much older."""
    for model, fields in (
        (Grant, ("created_at", "approved_at", "valid_from", "valid_until")),
        (RoleRights, ("valid_from",)),
        (Member, ("joined_at",)),
    ):
        model.objects.update(**{field: F(field) - count * DAY for field in fields})


def test_a_narrow_right_is_given_used_explained_and_lost_by_date(
    sign_in: Any, member: Any, organization: Any, actor_of: Any, scope: Any
) -> None:
    boss = member(organization, "administrator", "model-owner", name="Ada Admin")
    reader = member(organization, name="Rita Reader")
    with scope(organization):
        given, *_others = [submitted(actor_of(boss), title=f"Course {number}") for number in range(2)]
    record = reverse("predictions:record", args=[given.id])
    page = sign_in(boss)
    page.goto(record)
    page.get_by_role("link", name="Who has access").click()
    page.get_by_label("To", exact=True).select_option("Rita Reader")
    page.get_by_label("Role", exact=True).select_option("Reader")
    page.get_by_label("Until the end of").fill((localdate() + DAY).isoformat())
    page.get_by_role("button", name="Give the role").click()
    page.get_by_role("link", name="Why? Rita Reader, Reader").click()
    page.get_by_label("Right").select_option("predictions.audit")
    page.get_by_role("button", name="Explain").click()
    page.get_by_text("given by Ada Admin").wait_for()
    page.locator("#answer + .st-good").wait_for()
    asked = page.url

    sign_in(reader)
    page.goto(LIST)
    page.get_by_role("link", name="Course 0").click()
    page.get_by_role("heading", name="Course 0").wait_for()
    assert page.get_by_text("Course 1").count() == 0

    with scope(organization):
        let_days_pass(3)
    page.goto(record)
    page.get_by_role("heading", name="There is nothing here for you").wait_for()
    sign_in(boss)
    page.goto(asked)
    page.get_by_text("Its time is over.").wait_for()
    page.locator("#answer + .st-bad").wait_for()
    page.get_by_label("Moment").fill(f"{localtime(now() - 2 * DAY):%Y-%m-%dT%H:%M:%S}")
    page.get_by_role("button", name="Explain").click()
    page.locator("#answer + .st-good").wait_for()
    page.get_by_text("given by Ada Admin").wait_for()


@pytest.mark.usefixtures("look")
def test_pages_that_explain_are_accessible(
    sign_in: Any, boss: Any, member: Any, organization: Any, actor_of: Any, scope: Any
) -> None:
    lead, deputy = (member(organization, name=name) for name in ("Lea Lead", "Dora Deputy"))
    with scope(organization):
        grant = give_grant(actor=actor_of(boss), member_id=lead.id, role="reviewer", is_passable=True)
        name_deputy(actor=actor_of(lead), member_id=deputy.id, valid_until=now() + DAY)
    page = sign_in(boss)
    asked = f"{WHY}?member={deputy.id}&right=predictions.review"
    assert faults_at(page, [WHY, asked]) == {}
    page.get_by_text("as a deputy of Lea Lead").wait_for()
    with scope(organization):
        end_grant(actor=actor_of(boss), grant_id=grant.id)
    assert faults_at(page, [asked]) == {}
    page.get_by_text("Who can give it").wait_for()
    sign_in(deputy)
    page.goto("/settings/roles/")
    page.get_by_role("heading", name="Why not?").wait_for()
    assert faults_of(page) == []
