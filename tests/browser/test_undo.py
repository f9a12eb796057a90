"""Taking a decision back, in a real browser."""

from typing import Any

import pytest

from bailiwick.kernel.decisions.models import Decision
from tests.browser.reviewing import fill, see

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reviewer(organization: Any, member: Any) -> Any:
    return member(organization, "reviewer")


def test_a_decision_is_taken_back_with_one_key(
    sign_in: Any, organization: Any, member: Any, reviewer: Any, actor_of: Any, scope: Any
) -> None:
    fill(organization, member, actor_of, scope, 2)
    page = sign_in(reviewer)
    page.goto("/review")
    press = page.keyboard.press
    press("n")
    see(page, "Course 0")
    for key in ("1", "c", "2", "o"):
        press(key)
    page.keyboard.type("The address stands there.")
    press("Control+Enter")
    see(page, "Course 1")
    press("z")
    page.get_by_role("heading", name="Course 0").wait_for()
    assert page.locator("#fix-266580").input_value() == "The address stands there."
    page.locator("[data-submit][aria-disabled=false]").wait_for()
    assert page.locator("[data-undo]").count() == 0
    press("Control+Enter")
    see(page, "Course 1")
    with scope(organization):
        assert [each.meaning for each in Decision.objects.order_by("id")] == ["review", "undo", "review"]


def test_the_undo_stays_while_it_is_pointed_at_and_goes_then(
    sign_in: Any, organization: Any, member: Any, reviewer: Any, actor_of: Any, scope: Any
) -> None:
    fill(organization, member, actor_of, scope, 2)
    page = sign_in(reviewer)
    page.clock.install()
    page.goto("/review")
    page.keyboard.press("n")
    see(page, "Course 0")
    for key in ("1", "c", "c", "Control+Enter"):
        page.keyboard.press(key)
    undo = page.locator("#toasts [data-undo]")
    undo.wait_for()
    undo.hover()
    page.clock.run_for(30_000)
    assert undo.count() == 1
    page.mouse.move(900, 300)
    page.clock.run_for(11_000)
    undo.wait_for(state="detached")


def test_on_a_phone_the_undo_covers_no_button(
    sign_in: Any, organization: Any, member: Any, reviewer: Any, actor_of: Any, scope: Any
) -> None:
    fill(organization, member, actor_of, scope, 2)
    page = sign_in(reviewer)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    page.goto("/review")
    page.keyboard.press("n")
    see(page, "Course 0")
    for key in ("1", "c", "c", "Control+Enter"):
        page.keyboard.press(key)
    see(page, "Course 1")
    undo = page.locator("#toasts [data-undo]").bounding_box()
    bar, foot = (page.locator(name).bounding_box() for name in (".bench-bar", ".bench-foot"))
    assert undo["y"] + undo["height"] <= bar["y"]
    assert undo["y"] + undo["height"] <= foot["y"]
    page.locator("[data-undo] button").click()
    page.get_by_role("heading", name="Course 0").wait_for()
