"""A group is given its meaning, in a browser; every page of it for everybody."""

from typing import Any

import pytest

from bailiwick.kernel.federation.tests.kept import keep
from bailiwick.kernel.testing.browsers import faults_at, faults_of

pytestmark = pytest.mark.django_db(transaction=True)

GROUPS = "/settings/groups/"


@pytest.fixture
def boss(organization: Any, member: Any) -> Any:
    return member(organization, "administrator", name="Ada Admin")


def test_a_group_is_named_and_ended(sign_in: Any, boss: Any) -> None:
    page = sign_in(boss)
    page.goto(GROUPS)
    page.get_by_text("No group means a role yet").first.wait_for()
    page.get_by_role("link", name="Name a group").click()
    page.get_by_label("Group").fill("Listings leads")
    page.get_by_label("Role").select_option("reviewer")
    page.get_by_role("button", name="Let it mean the role").click()
    page.get_by_role("link", name="Listings leads").click()
    page.get_by_text("Nobody yet.").first.wait_for()
    page.get_by_role("button", name="End what it means").click()
    page.get_by_text("No group means a role yet").first.wait_for()


@pytest.mark.usefixtures("look")
def test_pages_of_groups_are_accessible(sign_in: Any, boss: Any, actor_of: Any, organization: Any, scope: Any) -> None:
    page = sign_in(boss)
    assert faults_at(page, [GROUPS, f"{GROUPS}new/"]) == {}
    with scope(organization):
        kept = keep(actor_of(boss), "Reviewers of the listings in Southern Europe")
    assert faults_at(page, [GROUPS, f"{GROUPS}{kept.mapping.id}/"]) == {}
    page.goto(f"{GROUPS}new/")
    page.locator("form.panel").evaluate("form => { form.noValidate = true; form.submit() }")
    page.locator(".field-error").first.wait_for()
    assert faults_of(page) == []
