"""Both verifiers find everything as it was sealed where nothing was touched, and say how far that holds."""

import gzip
import json
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from bailiwick.kernel.audit import verifier
from bailiwick.kernel.audit.queries.blocks import list_blocks
from bailiwick.kernel.audit.queries.verification import name_of, verify, write_bundle
from bailiwick.kernel.audit.values import AnchorLine
from bailiwick.kernel.audit.verifier import Anchor
from bailiwick.kernel.tenancy.queries import get_installation_id
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


def anchor(sealed: Any, at: int, **changes: Any) -> Anchor:
    with enter(sealed.id):
        block = list_blocks().get(number=at)
    return Anchor(str(sealed.id), at, bytes(block.hash).hex(), block.at.isoformat())._replace(**changes)


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


def test_without_an_anchor_both_say_what_would_not_be_noticed(sealed: Any, tmp_path: Path) -> None:
    assert "No anchor was given" in "\n".join(verify(sealed, [], print).report())
    assert "No anchor was given" in verify_alone(bundle_of(sealed, tmp_path)).stdout


def test_the_first_block_that_is_not_as_anchored_is_named(sealed: Any) -> None:
    found: list[Any] = []
    anchors = [anchor(sealed, 1), anchor(sealed, 2, hash="00" * 32), anchor(sealed, 2, number=4)]
    verify(sealed, anchors, found.append)
    assert [(each.block, each.what) for each in found] == [
        (2, "is not as anchored: rewritten after block 1"),
        (3, "is missing: cut off, as block 4 was anchored"),
    ]


def test_anchors_of_others_are_not_taken_for_ones_own(sealed: Any) -> None:
    assert verify(sealed, [anchor(sealed, 1, organization=str(UUID(int=1)), hash="00")], print).findings == 0


def test_a_bundle_that_was_tampered_with_is_found_out(sealed: Any, tmp_path: Path) -> None:
    lines = read(bundle_of(sealed, tmp_path))
    place = next(number for number, line in enumerate(lines) if isinstance(line, list))
    table, salt, content = lines[place]
    lines[place] = [table, salt, content.replace("organization", "0rganization", 1)]
    answer = verify_alone(written(tmp_path, lines))
    assert answer.returncode == 1
    row = json.loads(content)["id"]
    assert re.search(
        rf"^{re.escape(name_of(sealed))}, block 1: row {row} of audit_\w+ was changed$", answer.stdout, re.M
    )


SPOILT: dict[str, Callable[[list[Any]], list[Any]]] = {
    "no end": lambda lines: lines[:-1],
    "no head": lambda lines: lines[1:],
    "another version": lambda lines: [{**lines[0], "bundle": 2}, *lines[1:]],
    "another organisation": lambda lines: [{**lines[0], "organization": str(UUID(int=1))}, *lines[1:]],
    "a list": lambda lines: [[]],
    "nothing": lambda lines: [],
}


def test_what_is_no_whole_bundle_is_not_called_sound(sealed: Any, tmp_path: Path) -> None:
    lines = read(bundle_of(sealed, tmp_path))
    for name, spoil in SPOILT.items():
        answer = verify_alone(written(tmp_path, spoil(lines)))
        assert (answer.returncode, answer.stdout) == (2, ""), name
        assert "is no bundle" in answer.stderr


def read(path: Path) -> list[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def written(folder: Path, lines: list[Any]) -> Path:
    path = folder / "spoilt.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    return path


def test_the_command_verifies_every_organisation_by_the_anchors_kept_here(
    sealed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    seal_everything(sealed.id, get_installation_id())
    call_command("audit_verify")
    said = capsys.readouterr().out
    assert f"{name_of(sealed)}: " in said and "installation (" in said
    assert said.count("0 findings") == 2 and "No anchor" not in said


def test_the_command_ends_with_one_where_something_is_not_as_it_was_sealed(
    sealed: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A chain that is shorter than it was anchored, and an organisation that is gone."""
    kept, gone = tmp_path / "kept.jsonl", UUID(int=7)
    lines = [AnchorLine(each, "x", 9, b"x" * 32, now()).text for each in (sealed.id, gone)]
    kept.write_text("\n".join(lines))
    with pytest.raises(SystemExit) as ended:
        call_command("audit_verify", anchors=[str(kept)])
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert f"{name_of(sealed)}, block 3 is missing: cut off, as block 9 was anchored" in said
    assert f"({gone}), block 1 is missing, and so is the organisation" in said


def test_the_command_refuses_what_it_cannot_find(organization: Any, tmp_path: Path) -> None:
    others = tmp_path / "others.jsonl"
    others.write_text(AnchorLine(UUID(int=7), "x", 9, b"x" * 32, now()).text)
    unrelated = {"organization": [organization.slug], "anchors": [str(others)]}
    for arguments in ({"organization": ["nobody"]}, {"anchors": ["/nowhere"]}, unrelated):
        with pytest.raises(CommandError) as refusal:
            call_command("audit_verify", **arguments)
        assert refusal.value.returncode == 2


def test_the_command_writes_a_bundle_that_nobody_else_may_read(sealed: Any, tmp_path: Path) -> None:
    path = tmp_path / "bundle.gz"
    call_command("audit_bundle", sealed.slug, str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert verify_alone(path).returncode == 0
    for place, refused in ((path, sealed.slug), (tmp_path / "other", "nobody")):
        with pytest.raises(CommandError):
            call_command("audit_bundle", refused, str(place))
