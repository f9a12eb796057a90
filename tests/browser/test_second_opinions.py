"""Two people decide blind and differ; a third sees both and settles it."""

from typing import Any

import pytest

from bailiwick.apps.predictions.models import Reason
from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.testing.browsers import THEMES, dress, faults_at, faults_of
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = "listing-judge"
BOTH = "What the second one knows."


@pytest.fixture
def people(organization: Any, member: Any) -> list[Any]:
    return [
        member(organization, "reviewer"),
        member(organization, "reviewer"),
        member(organization, "model-owner", "reviewer"),
    ]


@pytest.fixture
def listing(organization: Any, member: Any, actor_of: Any, scope: Any) -> Any:
    """`listing()` submits a prediction with a reason of the catalogue."""
    program = member(organization, "submitter", kind="program")

    def submit() -> Any:
        with scope(organization):
            submitted(actor_of(program), title="Course", text="Access for life.", model_name=MODEL)
            Reason.objects.filter(code=266544).update(title="Lifetime access promised", is_confirmed=True)

    return submit


def set_everything_twice(page: Any) -> None:
    """By the settings page: all predictions get two opinions."""
    page.goto("/predictions/settings/")
    assert not faults_of(page)
    page.get_by_label("Second opinions, in percent").fill("100")
    page.get_by_role("button", name="Store the settings").click()
    page.get_by_text("Settings stored.").first.wait_for()


def begin(page: Any, address: str) -> None:
    page.goto(address)
    page.keyboard.press("n")
    page.get_by_role("heading", name="Course", exact=True).wait_for()
    page.wait_for_load_state()


def test_two_differ_blind_and_a_third_settles(
    sign_in: Any, people: list[Any], listing: Any, organization: Any, scope: Any
) -> None:
    first, second, third = people
    page = sign_in(third)
    set_everything_twice(page)
    listing()

    page = sign_in(first)
    begin(page, "/review")
    assert MODEL not in page.content()
    assert not faults_of(page)
    page.get_by_text("Accept", exact=True).click()
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="Nothing left for you").wait_for()

    page = sign_in(second)
    begin(page, "/review")
    assert MODEL not in page.content()
    page.keyboard.press("Control+Enter")
    page.locator("#left").get_by_text("Give the verdict").wait_for()
    page.get_by_text("Reject", exact=True).click()
    page.keyboard.press("a")
    page.keyboard.type("266544 · Lifetime access promised")
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    page.keyboard.type(BOTH)
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="Nothing left for you").wait_for()

    page = sign_in(third)
    begin(page, "/review/disputes/")
    assert not faults_of(page)
    page.get_by_role("heading", name="Two opinions that differ").wait_for()
    for text in (first.name, second.name, BOTH):
        assert page.locator(".opinions").get_by_text(text).count() == 1
    page.locator(".reason").get_by_text("Confirm").click()
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="Nothing left for you").wait_for()

    with scope(organization):
        assert [each.round for each in Decision.objects.order_by("id")] == [1, 2, 3]
        [subject] = set(WorkItem.objects.values_list("subject_id", flat=True))
    page = sign_in(first)
    page.goto(f"/predictions/{subject}/")
    for title in ("First opinion", "Second opinion", "Third opinion, which settles"):
        page.get_by_role("heading", name=title).wait_for()
    assert not faults_of(page)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [1920, 1440, 390])
def test_catalogue_gold_and_settings_are_accessible(
    sign_in: Any,
    people: list[Any],
    listing: Any,
    organization: Any,
    scope: Any,
    live_server: Any,
    theme: str,
    width: int,
) -> None:
    listing()
    page = sign_in(people[2])
    dress(page, live_server.url, (width, 900), theme)
    page.emulate_media(reduced_motion="reduce")
    begin(page, "/review")
    assert not faults_of(page)
    for key in ("s", "e"):
        page.keyboard.press(key)
        page.locator("dialog[open]").wait_for()
        assert not faults_of(page)
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")
    page.keyboard.press("a")
    assert not faults_of(page)
    page.get_by_role("button", name="Leave").click()
    with scope(organization):
        reason, item = Reason.objects.get(), WorkItem.objects.get()
    addresses = [
        "/predictions/reasons/",
        "/predictions/reasons/new/",
        f"/predictions/reasons/{reason.id}/",
        f"/predictions/reasons/{reason.id}/merge/",
        "/predictions/gold/",
        f"/predictions/{item.subject_id}/gold/",
        f"/predictions/{item.subject_id}/",
        "/predictions/settings/",
        "/review/disputes/",
    ]
    assert faults_at(page, addresses) == {}
