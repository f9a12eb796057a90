"""Both verifiers find everything as it was sealed where nothing was touched, and say how far that holds."""

import ast
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from bailiwick.config.cli import main
from bailiwick.kernel.audit import verifier
from bailiwick.kernel.audit.queries.blocks import list_blocks
from bailiwick.kernel.audit.queries.verification import name_of, verify, write_bundle
from bailiwick.kernel.audit.values import AnchorLine
from bailiwick.kernel.audit.verifier import Anchor, read_anchors
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import new_member
from bailiwick.kernel.testing.sealing import seal_everything

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.ANCHORS_FOLDER = tmp_path / "anchors"


@pytest.fixture
def sealed(organization: Any) -> Any:
    """An organisation with two seals."""
    for _turn in range(2):
        new_member(organization)
        seal_everything(organization.id)
    return organization


def anchor(organization: Any, number: int, **changes: Any) -> Anchor:
    with enter(organization.id):
        block = list_blocks().get(number=number)
    return Anchor(str(organization.id), number, bytes(block.hash).hex(), block.at.isoformat())._replace(**changes)


def verify_alone(bundle: Path, *anchors: Path) -> subprocess.CompletedProcess[str]:
    """As somebody would who has the file and nothing else of the platform."""
    command = [sys.executable, "-I", "-S", verifier.__file__, str(bundle)]
    for each in anchors:
        command += ["--anchors", str(each)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def bundle_of(organization: Any, folder: Path) -> Path:
    path = folder / "bundle.jsonl.gz"
    with path.open("wb") as file:
        assert write_bundle(organization, file) > 0
    return path


def test_an_untouched_trail_is_found_as_it_was_sealed(sealed: Any) -> None:
    found: list[Any] = []
    chain = verify(sealed, [anchor(sealed, 1)], found.append)
    assert (found, chain.number, chain.anchored) == ([], 2, 1)
    with enter(sealed.id):
        assert chain.rows == sum(block.row_count for block in list_blocks())


def test_a_bundle_is_verified_without_the_platform(sealed: Any, tmp_path: Path) -> None:
    [line] = (tmp_path / "anchors").glob(f"{sealed.id}*")
    answer = verify_alone(bundle_of(sealed, tmp_path), line)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert f"{name_of(sealed)}: " in answer.stdout and " rows in 2 blocks, 0 findings" in answer.stdout
    assert "As anchored up to block 2" in answer.stdout
