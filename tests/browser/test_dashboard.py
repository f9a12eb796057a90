"""The dashboard in a browser: charts over tables, every figure a way to its list, readable by all."""

from decimal import Decimal
from typing import Any

import pytest

from bailiwick.apps.predictions.actions.review import decide_prediction
from bailiwick.apps.predictions.queries.predictions import map_reasons
from bailiwick.apps.predictions.tests.asking import ask, take
from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.apps.predictions.values import Answer, NewReason, ReasonAnswer
from bailiwick.kernel.testing.browsers import faults_of
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db(transaction=True)

REASONS = (
    NewReason("It promises access for life.", "High", title="Lifetime access promised"),
    NewReason("It names a return as certain.", "Low", title="Promise of returns"),
)


@pytest.fixture
def owner(organization: Any, scope: Any) -> Any:
    """An owner with two reviewers who judged some predictions of two versions, each of them twice."""
    owner = new_member(organization, "model-owner", "reviewer", name="Olga Owner")
    people = [actor_for(new_member(organization, "reviewer", name=name)) for name in ("Rosa Red", "Tom Teal")]
    with scope(organization):
        ask(actor_for(owner), "1")
        for number in range(12):
            submitted(
                actor_for(owner),
                model_name="judge",
                model_version=str(1 + number % 2),
                product_id=f"P-{number // 2}",
                confidence=Decimal(55 + 4 * number) / 100,
                verdict="accept" if number % 3 == 0 else "reject",
                reasons=() if number % 3 == 0 else REASONS[: 1 + number % 2],
            )
        for number in range(10):
            decide_blind(people[0], "accept" if number % 3 == 0 or number == 7 else "reject")
            decide_blind(people[1], "accept" if number % 3 == 0 or number == 8 else "reject")
    return owner


def decide_blind(actor: Any, verdict: str) -> None:
    claim = take(actor)
    assert claim is not None
    said = () if claim.is_blind else tuple(ReasonAnswer(code, "confirmed") for code in map_reasons(claim.subject_id))
    decide_prediction(
        actor=actor, prediction_id=claim.subject_id, token=claim.token, answer=Answer(verdict, reasons=said)
    )


@pytest.mark.usefixtures("look")
def test_the_dashboard_is_accessible_and_its_charts_are_drawn(sign_in: Any, owner: Any) -> None:
    page = sign_in(owner)
    page.goto("/dashboard")
    page.locator(".chart canvas").nth(2).wait_for()
    assert page.locator(".chart canvas").count() == page.locator("[data-chart]").count() == 3
    for closed in page.locator(".as-table summary").all():
        closed.click()
    assert not faults_of(page)
    page.goto("/dashboard/comparison/")
    page.locator("select[name=two]").select_option(index=1)
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("heading", name="Who is right").wait_for()
    assert not faults_of(page)


def test_a_figure_opens_its_list_and_the_theme_redraws(sign_in: Any, owner: Any) -> None:
    page = sign_in(owner)
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/dashboard")
    page.locator(".chart canvas").first.wait_for()
    page.locator("[data-switch-theme]").first.click()
    page.keyboard.press("f")
    page.get_by_label("Decided in the last").select_option("all")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/dashboard?*period=all*")
    tile = page.locator("a.tile").first
    expected = tile.get_attribute("data-n")
    tile.click()
    page.wait_for_url("**/rejection-reasons/?*")
    assert page.locator(".pager b").inner_text() == expected


def test_labels_are_asked_for_and_lead_to_their_job(sign_in: Any, owner: Any) -> None:
    page = sign_in(owner)
    page.goto("/dashboard")
    page.get_by_text("Corrected labels").click()
    page.get_by_role("button", name="CSV").click()
    page.wait_for_url("**/jobs/*/")
    assert "Corrected labels" in page.locator("main").inner_text()
