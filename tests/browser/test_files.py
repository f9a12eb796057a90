"""My files in a browser: what was made is saved as it is, and removed after asking once more."""

import io
from pathlib import Path
from typing import Any

import pytest

from bailiwick.kernel.base.manifest import FilePurpose
from bailiwick.kernel.files.actions import store_made
from bailiwick.kernel.files.reading import read_rows
from bailiwick.kernel.files.tests.factories import PURPOSE, register_purpose, workbook
from bailiwick.kernel.testing.browsers import faults_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def purpose(monkeypatch: pytest.MonkeyPatch) -> FilePurpose:
    return register_purpose(monkeypatch)


@pytest.fixture
def owner(organization: Any, member: Any, actor_of: Any, scope: Any, purpose: FilePurpose) -> Any:
    """Somebody with a workbook and a list."""
    someone = member(organization, "reviewer")
    actor, content = actor_of(someone), workbook([("=1+1", 2.5)])
    with scope(organization):
        for name, kind, given in (("Listings.xlsx", "xlsx", content), ("rejected rows.jsonl", "jsonl", b'{"a":1}\n')):
            store_made(actor=actor, purpose=PURPOSE.code, name=name, kind=kind, content=io.BytesIO(given))
    return someone


def test_a_file_is_saved_and_removed(sign_in: Any, owner: Any, tmp_path: Path) -> None:
    page = sign_in(owner)
    page.goto("/files/")
    with page.expect_download() as saving:
        page.get_by_role("link", name="Listings.xlsx", exact=True).click()
    assert saving.value.suggested_filename == "Listings.xlsx"
    saving.value.save_as(tmp_path / "saved")
    [row] = read_rows(io.BytesIO((tmp_path / "saved").read_bytes()), "xlsx")
    assert list(row.values.values()) == ["=1+1", 2.5]
    page.get_by_role("link", name="Remove Listings.xlsx").click()
    page.get_by_role("button", name="Remove file").click()
    page.wait_for_url("**/files/")
    assert page.get_by_role("link", name="Listings.xlsx", exact=True).count() == 0
    assert page.get_by_role("link", name="rejected rows.jsonl", exact=True).count() == 1


@pytest.mark.usefixtures("look")
def test_pages_of_files_are_accessible(sign_in: Any, owner: Any) -> None:
    page = sign_in(owner)
    page.goto("/files/")
    remove = page.locator('a[href$="/remove/"]').first.get_attribute("href")
    assert faults_at(page, ["/files/", remove]) == {}
