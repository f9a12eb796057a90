"""What `bailiwick doctor` finds in the files of seals."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from bailiwick.config.doctor import anchors
from bailiwick.config.doctor.anchors import look_at_anchors
from bailiwick.kernel.audit.gateways import anchor_file, place_of
from bailiwick.kernel.audit.values import AnchorLine
from bailiwick.kernel.testing.factories import new_member
from bailiwick.kernel.testing.sealing import seal_everything
from tests.runtime.findings import only, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.ANCHORS_FOLDER = tmp_path / "anchors"
    return tmp_path / "anchors"


@pytest.fixture
def sealed(organization: Any, folder: Path) -> Any:
    new_member(organization)
    seal_everything(organization.id)
    return organization


def keep(organization: Any, number: int) -> None:
    with anchor_file(place_of(organization.id)) as file:
        file.append(AnchorLine(organization.id, organization.slug, number, b"h" * 32, organization.created_at))


def test_before_anything_is_sealed_nothing_is_missing(organization: Any, folder: Path) -> None:
    assert told(look_at_anchors(folder)) == []


def test_where_seals_are_kept_and_fit_nothing_is_told(sealed: Any, folder: Path) -> None:
    assert told(look_at_anchors(folder)) == []


def test_a_chain_that_ends_before_its_anchors_is_told(sealed: Any, folder: Path) -> None:
    keep(sealed, 99)
    level, sentence = only(look_at_anchors(folder))
    assert level == "bad"
    assert f"{sealed.slug}: the chain ends at seal" in sentence and "has seal 99" in sentence


def test_a_seal_that_is_another_than_the_one_kept_is_told(sealed: Any, folder: Path) -> None:
    place_of(sealed.id).unlink()
    keep(sealed, 1)
    level, sentence = only(look_at_anchors(folder))
    assert (level, sentence.startswith(f"{sealed.slug}: seal 1 is another one")) == ("bad", True)


def test_seals_of_an_organisation_that_is_gone_are_told(sealed: Any, folder: Path) -> None:
    (folder / "01a20000-0000-7000-8000-000000000000.jsonl").write_text("{}\n")
    assert only(look_at_anchors(folder))[0] == "bad"


def test_seals_that_are_not_kept_are_told(sealed: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchors, "LATE", timedelta(0))
    for path in folder.iterdir():
        path.unlink()
    level, sentence = only(look_at_anchors(folder))
    assert level == "warn"
    assert f"not kept in {folder}" in sentence


def test_files_that_cannot_be_read_are_told(sealed: Any, folder: Path) -> None:
    place_of(sealed.id).unlink()
    place_of(sealed.id).mkdir()
    assert only(look_at_anchors(folder)) == ("bad", f"The seals in {folder} cannot be read (Is a directory)")
