"""Import with rejected rows, mended and sent again; and the pages of an import, readable by all."""

import csv
from pathlib import Path
from typing import Any

import pytest

from bailiwick.apps.predictions.models import Import, Prediction
from bailiwick.apps.predictions.tests.files import ROWS, brought, finished, table
from bailiwick.kernel.testing.browsers import faults_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(organization: Any, member: Any) -> Any:
    return member(organization, "model-owner")


def work(organization: Any, scope: Any) -> None:
    """What a worker would do by now."""
    with scope(organization):
        opened = Import.objects.order_by("-id")[0]
    finished(organization.id, opened)


def begin(page: Any, path: Path) -> None:
    """From the list to the third step, by name."""
    page.goto("/rejection-reasons/")
    page.get_by_role("link", name="Import").click()
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Upload the file").click()
    page.get_by_role("heading", name="Which column is which").wait_for()


def test_rejected_rows_are_mended_and_sent_again(
    sign_in: Any, owner: Any, organization: Any, scope: Any, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(table(ROWS))
    page = sign_in(owner)
    begin(page, path)
    assert page.get_by_label("Product number").input_value() == "Product ID"
    page.get_by_text("This field is required.").wait_for()
    page.get_by_role("button", name="See what will happen").click()
    page.get_by_role("row", name="New: will be stored").get_by_text("3", exact=True).wait_for()
    page.go_back()
    assert page.get_by_label("Product number").input_value() == "Product ID"
    page.go_forward()
    page.get_by_role("button", name="Import 5 rows").click()
    page.get_by_role("heading", name="Import of rows.csv").wait_for()
    with scope(organization):
        assert not Prediction.objects.exists()
    work(organization, scope)
    page.reload()
    page.get_by_role("link", name="2", exact=True).click()
    page.wait_for_url("**/rejected/")
    page.get_by_text("This field is required.").wait_for()
    page.go_back()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the rejected rows").click()
    mended = tmp_path / "mended.csv"
    heading, first, second = csv.reader(download.value.path().read_text("utf-8-sig").splitlines())
    first[0], second[1], second[2] = "P-3", "accept", "0.2"
    mended.write_bytes(table([first, second], heading))
    begin(page, mended)
    page.get_by_role("button", name="See what will happen").click()
    page.get_by_role("row", name="Rejected").get_by_text("0", exact=True).wait_for()
    page.get_by_role("button", name="Import 2 rows").click()
    page.get_by_role("heading", name="Import of mended.csv").wait_for()
    work(organization, scope)
    page.reload()
    page.get_by_role("row", name="Stored and queued").get_by_role("link", name="2", exact=True).click()
    page.get_by_role("link", name="P-3").wait_for()
    with scope(organization):
        assert set(Prediction.objects.values_list("product_id", flat=True)) == {"P-1", "P-2", "P-3", "P-4", "5"}


@pytest.mark.usefixtures("look")
def test_the_pages_of_an_import_are_accessible(sign_in: Any, owner: Any, actor_of: Any) -> None:
    opened = brought(actor_of(owner), table(ROWS))
    page = sign_in(owner)
    steps = [f"import/{opened.id}/{step}" for step in ("columns/", "check/", "", "rejected/", "taken/")]
    assert faults_at(page, [f"/predictions/{part}" for part in ("import/", "imports/", *steps)]) == {}
