"""A group is given its meaning, in a browser; every page of it for everybody."""

from pathlib import Path
from typing import Any

import pytest

from bailiwick.kernel.federation.tests.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
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


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_of_groups_are_accessible(
    sign_in: Any, boss: Any, actor_of: Any, organization: Any, scope: Any, live_server: Any, theme: str, size: str
) -> None:
    page = sign_in(boss)
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    page.context.add_cookies([{"name": "bw_theme", "value": theme, "url": live_server.url}])
    found: dict[str, list[str]] = {}
    for place in (GROUPS, f"{GROUPS}new/"):
        look_at(page, place, found)
    with scope(organization):
        kept = keep(actor_of(boss), "Reviewers of the listings in Southern Europe")
    for place in (GROUPS, f"{GROUPS}{kept.mapping.id}/"):
        look_at(page, place, found)
    page.goto(f"{GROUPS}new/")
    page.locator("form.panel").evaluate("form => { form.noValidate = true; form.submit() }")
    page.locator(".field-error").first.wait_for()
    look_at(page, "", found)
    assert not found


def look_at(page: Any, place: str, found: dict[str, list[str]]) -> None:
    if place:
        page.goto(place)
    page.wait_for_load_state()
    page.evaluate(AXE.read_text())
    faults = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(r => r.violations.flatMap("
        "v => v.nodes.map(n => v.id + ': ' + n.target.join(' '))))",
        RULES,
    )
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append("the page scrolls sideways")
    if faults:
        found[place or "a form that was refused"] = faults
