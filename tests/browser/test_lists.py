"""What people do with a list: save what they see, choose columns, tick rows, take them away as a file."""

import io
import json
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.testing.browsers import faults_of
from bailiwick.kernel.web.actions import save_view

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/rejection-reasons/"


@pytest.fixture
def owner(organization: Any, member: Any, actor_of: Any, scope: Any) -> Any:
    """A model owner with more predictions than a page holds."""
    owner = member(organization, "model-owner", "reviewer")
    actor = actor_of(owner)
    with scope(organization):
        for number in range(55):
            submitted(actor, title=f"Course {number}", model_name="judge", model_version=f"4.{number % 2}")
    return owner


def test_many_views_scroll_in_their_row_and_not_the_page(
    sign_in: Any, owner: Any, actor_of: Any, organization: Any, scope: Any
) -> None:
    with scope(organization):
        for title in ("Health claims", "Sure, and overruled"):
            save_view(actor=actor_of(owner), list_name="predictions:list", title=title, query="", is_shared=True)
    page = sign_in(owner)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(LIST)
    page.locator("#views").get_by_text("Sure, and overruled").wait_for()
    assert overhang_of(page) == 0


def overhang_of(page: Any) -> int:
    """Pixels by which the page is wider than the window."""
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found


def titles_of(page: Any) -> list[str]:
    return [each.strip() for each in page.locator("tbody th a").all_inner_texts()]


def test_a_view_is_saved_found_again_renamed_and_removed(sign_in: Any, owner: Any) -> None:
    page = sign_in(owner)
    page.goto(LIST)
    page.locator("#views a", has_text="All").locator("span", has_text="55").wait_for()
    page.keyboard.press("f")
    page.locator("#filters").get_by_label("Model says").select_option("reject")
    page.get_by_role("button", name="Apply filters").click()
    page.locator(".chip", has_text="Model says Reject").wait_for()
    page.get_by_role("button", name="Save view").click()
    page.keyboard.type("Rejected by models")
    page.keyboard.press("Enter")
    page.locator("#views [aria-current]", has_text="Rejected by models").wait_for()
    page.goto(LIST)
    page.get_by_role("link", name="Rejected by models").click()
    page.locator(".chip", has_text="Model says Reject").wait_for()
    page.get_by_role("button", name="Change view").click()
    page.get_by_label("Title").fill("To look at")
    page.get_by_role("dialog").get_by_role("button", name="Change view").click()
    page.get_by_role("link", name="To look at").wait_for()
    page.get_by_role("button", name="Change view").click()
    page.get_by_role("button", name="Remove view").click()
    page.wait_for_url(f"**{LIST}")
    assert page.get_by_role("link", name="To look at").count() == 0


def test_a_chip_leads_to_its_filter_and_away(sign_in: Any, owner: Any) -> None:
    page = sign_in(owner)
    page.goto(f"{LIST}?confidence_from=0.5&received_to=2026-11-30&verdict=reject")
    for label, name in (("Confidence from", "confidence_from"), ("Received up to", "received_to")):
        page.locator(".chip a", has_text=label).first.click()
        page.locator(f"[name={name}]:focus").wait_for()
        page.keyboard.press("Escape")
    page.get_by_role("link", name="Remove filter: Confidence from").click()
    page.wait_for_url(f"**{LIST}?received_to=2026-11-30&verdict=reject")


def test_columns_are_chosen_and_stay_in_the_address(sign_in: Any, owner: Any) -> None:
    page = sign_in(owner)
    page.goto(LIST)
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Version").check()
    page.get_by_label("Reviewer").uncheck()
    page.get_by_role("button", name="Show columns").click()
    page.get_by_role("columnheader", name="Version").wait_for()
    assert page.get_by_role("columnheader", name="Reviewer").count() == 0
    page.reload()
    assert page.get_by_role("columnheader", name="Version").count() == 1


def test_rows_are_ticked_with_keys_and_exported(sign_in: Any, owner: Any, organization: Any, scope: Any) -> None:
    page = sign_in(owner)
    page.goto(LIST)
    bar = page.get_by_role("region", name="Actions for the selection")
    assert not bar.is_visible()
    for key in ("j", "x", "j", "j", "x"):
        page.keyboard.press(key)
    chosen = [title for number, title in enumerate(titles_of(page)) if number in (0, 2)]
    bar.get_by_text("2 selected").wait_for()
    bar.get_by_text("Export").click()
    bar.get_by_role("button", name="JSON lines").click()
    page.wait_for_url("**/jobs/*/")
    page.locator("#toasts", has_text="Export started").wait_for()
    content = finish(organization, scope)
    assert [json.loads(line)["product"] for line in content.splitlines()] == chosen


def test_an_export_opens_in_a_spreadsheet_reader_and_agrees_with_the_list(
    sign_in: Any, owner: Any, organization: Any, scope: Any
) -> None:
    page = sign_in(owner)
    page.goto(f"{LIST}?q=&columns=product&columns=version&sort=id")
    shown = [row.locator("th, td:not(.c-tick)").all_inner_texts() for row in page.locator("tbody tr").all()]
    page.get_by_text("Export", exact=True).first.click()
    page.get_by_role("button", name="XLSX, 55 rows").click()
    page.wait_for_url("**/jobs/*/")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(finish(organization, scope))).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["Product", "Product number", "Version"]
    assert len(sheet) == 1 + 55
    assert [[f"{title}\n{number}", version] for title, number, version in sheet[1:51]] == shown


def finish(organization: Any, scope: Any) -> bytes:
    """Do the job that was submitted, as a worker does, and give what it made."""
    with scope(organization):
        job = Job.objects.latest("id")
    run_job(str(organization.id), str(job.id))
    with scope(organization):
        job.refresh_from_db()
        with open_content(StoredFile.objects.get(id=job.result["file"])) as content:
            return content.read()


@pytest.mark.usefixtures("look")
def test_menus_dialog_and_bar_are_accessible(sign_in: Any, owner: Any) -> None:
    page = sign_in(owner)
    page.goto(f"{LIST}?verdict=reject&received_from=2026-01-02")
    page.locator("#views a span").first.wait_for()
    page.locator(".row-tick").first.check()
    found = {}
    for name in ("#filters", "#columns", "#export", "#export-selected"):
        page.locator(f"{name} > summary").click()
        if faults := faults_of(page):
            found[name] = faults
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Save view").click()
    page.locator("dialog[open]").wait_for()
    if faults := faults_of(page):
        found["dialog"] = faults
    assert not found
