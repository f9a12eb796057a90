"""A right is given, explained and lost, in a browser; and the page that explains it is for everybody."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from bailiwick.kernel.access.actions import end_grant, give_grant
from bailiwick.kernel.access.actions.deputies import name_deputy
from bailiwick.kernel.testing.browsers import faults_at, faults_of

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "/access/why/"
DAY = timedelta(days=1)


@pytest.fixture
def boss(organization: Any, member: Any) -> Any:
    return member(organization, "administrator", name="Ada Admin")


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
