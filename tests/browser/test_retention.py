"""How long the trail is kept, decided in a browser."""

from typing import Any

import pytest

from bailiwick.kernel.testing.browsers import Look, faults_at, faults_of

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/settings/retention/"


def test_a_period_is_stored_and_a_hold_placed_and_lifted(
    sign_in: Any, organization: Any, member: Any, look: Look
) -> None:
    page = sign_in(member(organization, "administrator"))
    assert faults_at(page, [PAGE]) == {}
    page.get_by_label("Events").select_option("6 years")
    page.get_by_role("button", name="Store").click()
    page.locator(".grow", has_text="goes after 30 days at the earliest").wait_for()
    assert page.get_by_label("Events").input_value() == "72"
    page.get_by_label("Why it has to be kept").fill("A dispute")
    page.get_by_role("button", name="Place the hold").click()
    page.get_by_text("A legal hold keeps everything").wait_for()
    assert not faults_of(page)
    page.get_by_role("button", name="Lift A dispute").click()
    page.get_by_text("holds until").wait_for()
    assert not faults_of(page)
    assert look
