"""A bundle that lies is found out, or refused in a sentence; so are anchors that are none."""

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bailiwick.kernel.audit import verifier
from bailiwick.kernel.audit.tests.bundles import (
    ORGANIZATION,
    YEAR,
    Line,
    bundle,
    entry_of,
    event,
    key_at,
    row,
    written,
)
from bailiwick.kernel.audit.verifier import Anchor, Unreadable, read_anchors, verify_bundle

EVENTS = [event(1), event(2, note="sealed"), event(3)]
LATER = [event(4), event(5)]
FORGED = event(2, note="forged")
NOW = time.time_ns() // 1_000_000


def check(folder: Path, lines: list[Line], anchors: list[Anchor] | None = None) -> list[tuple[int, str, str]]:
    found: list[Any] = []
    chain = verify_bundle(written(folder / "bundle.gz", lines), anchors or [], found.append)
    assert chain.findings == len(found)
    return [(each.block, each.row and str(UUID(each.row).int), each.what) for each in found]


def alone(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", verifier.__file__, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def amended(line: Line, transaction_id: int) -> Line:
    """The row that says that another was erased and looks like this since."""
    told = {"table_name": "audit_event", "row_id": json.loads(line[2])["id"], "reason": "erasure"}
    digest = "\\x" + entry_of(line)[18:].hex()
    return row("audit_amendment", transaction_id, str(UUID(int=transaction_id)), digest=digest, **told)


def excuse(line: Line) -> Line:
    table, salt, content = line
    return {"excuse": [["audit_amendment", "", "audit_removal"][table], salt, content]}


def test_what_is_sealed_is_sound(tmp_path: Path) -> None:
    assert check(tmp_path, bundle(EVENTS, LATER)) == []


def test_a_row_beside_itself_is_found(tmp_path: Path) -> None:
    """Whoever reads the bundle would see both."""
    lines = bundle(EVENTS, LATER)
    lines.insert(3, FORGED)
    assert check(tmp_path, lines) == [(1, "2", "is there twice")]


def test_rows_in_another_order_are_found(tmp_path: Path) -> None:
    lines = bundle(EVENTS, LATER)
    lines[2], lines[3] = lines[3], lines[2]
    assert check(tmp_path, lines) == [(1, "1", "stands at another place")]


@pytest.mark.parametrize("place", [1, 5, 8, 9], ids=["before all", "after a seal's rows", "before the end", "after it"])
@pytest.mark.parametrize("line", [{"note": 1}, "x", 1, None], ids=str)
def test_a_line_that_is_of_no_kind_is_refused(tmp_path: Path, place: int, line: Line) -> None:
    """What stands behind it was not looked at."""
    lines = bundle(EVENTS, LATER)
    lines[place:place] = [json.dumps(line), FORGED]
    with pytest.raises(Unreadable):
        check(tmp_path, lines)


@pytest.mark.parametrize("place", [1, 9], ids=["before the first seal", "after the end"])
def test_rows_that_stand_behind_no_seal_are_refused(tmp_path: Path, place: int) -> None:
    lines = bundle(EVENTS, LATER)
    lines.insert(place, FORGED)
    with pytest.raises(Unreadable):
        check(tmp_path, lines)


def test_an_end_with_another_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="end"):
        check(tmp_path, [*bundle(EVENTS, LATER)[:5], {"end": 2}])


def test_a_seal_that_is_given_twice_is_found(tmp_path: Path) -> None:
    lines = bundle(EVENTS, LATER)
    assert (1, "", "is out of order") in check(tmp_path, [*lines[:5], *lines[1:]])


def test_an_erasure_that_no_seal_holds_excuses_nothing(tmp_path: Path) -> None:
    lines = bundle(EVENTS, LATER)
    lines[3:4] = [FORGED, excuse(amended(FORGED, 9))]
    [(number, key, what)] = check(tmp_path, lines)
    assert (number, key) == (1, "2") and what.startswith("was changed") and "no seal" in what


def test_an_erasure_that_is_sealed_excuses_what_it_names_and_that_alone(tmp_path: Path) -> None:
    told = amended(FORGED, 9)
    lines = bundle(EVENTS, [*LATER, told])
    lines[3:4] = [FORGED, excuse(told)]
    assert check(tmp_path, lines) == []
    lines[3] = event(2, note="another")
    assert check(tmp_path, lines) == [(1, "2", "was changed")]


def removal(transaction_id: int, moment: int, before: int) -> Line:
    told = {"table_name": "audit_event", "before": key_at(before)}
    return row("audit_removal", transaction_id, key_at(moment, transaction_id), **told)


def day(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(moment / 1000))


def removed(folder: Path, told: Line, at: int) -> list[tuple[int, str]]:
    """What is found where an event of the last month is gone, and a removal is sealed that says why."""
    young = row("audit_event", 2, key_at(NOW - YEAR // 12, 2))
    lines = bundle([event(1), young, event(3)], [told], at=day(at))
    lines[3:4] = [excuse(told)]
    return [(number, what) for number, _row, what in check(folder, lines)]


def test_a_removal_that_claims_to_be_of_the_future_does_not_excuse_what_is_young(tmp_path: Path) -> None:
    """By its own key it would be years older than what it took away."""
    told = removal(9, NOW + 9 * YEAR, NOW)
    for at in (NOW, NOW + 9 * YEAR):
        [(number, what)] = removed(tmp_path, told, at)
        assert number == 1 and what.startswith("is missing")


def test_a_removal_excuses_what_was_a_year_old_when_it_was_sealed(tmp_path: Path) -> None:
    old = row("audit_event", 2, key_at(NOW - 2 * YEAR, 2))
    for sealed_at, is_excused in ((NOW, True), (NOW - YEAR, False)):
        told = removal(9, NOW, NOW - YEAR - 1)
        lines = bundle([event(1), old, event(3)], [told], at=day(sealed_at))
        lines[3:4] = [excuse(told)]
        assert (check(tmp_path, lines) == []) is is_excused


def test_anchors_that_are_all_of_others_are_no_anchors(tmp_path: Path) -> None:
    """Else a trail that was rewritten under another number would be called sound."""
    path = written(tmp_path / "bundle.gz", bundle(EVENTS))
    for text in ("", json.dumps({"organization": str(UUID(int=1)), "number": 1, "hash": "00" * 32, "at": ""})):
        (tmp_path / "anchors").write_text(text)
        answer = alone(path, "--anchors", str(tmp_path / "anchors"))
        assert (answer.returncode, answer.stderr) == (2, "None of the anchors is of this organisation.\n")


def test_an_organisation_in_capitals_is_held_to_its_anchors(tmp_path: Path) -> None:
    lines = bundle(EVENTS)
    lines[0]["organization"] = ORGANIZATION.upper()
    assert check(tmp_path, lines, [Anchor(ORGANIZATION, 1, "00" * 32, "")]) == [
        (1, "", "is not as anchored: rewritten after block 0")
    ]


ANCHOR = {"organization": ORGANIZATION, "slug": "acme", "number": 1, "hash": "00" * 32, "at": "2026-03-01"}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ANCHOR | {"number": 0}),
        json.dumps(ANCHOR | {"number": -4}),
        json.dumps(ANCHOR | {"number": 1.5}),
        json.dumps(ANCHOR | {"number": float("inf")}),
        json.dumps(ANCHOR | {"hash": "00"}),
        json.dumps(ANCHOR | {"hash": "x" * 64}),
        "[" * 100_000,
        "\x00",
    ],
    ids=["zero", "below", "fraction", "without end", "short", "no hash", "deep", "nothing"],
)
def test_a_line_that_cannot_be_an_anchor_is_refused(tmp_path: Path, text: str) -> None:
    """An anchor that is never compared would be one that always fits."""
    (tmp_path / "anchors").write_text(text + "\n")
    with pytest.raises(Unreadable, match="line 1 is no anchor"):
        read_anchors([str(tmp_path / "anchors")])


def test_an_anchor_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "anchors").write_bytes(b"\xff\xfe\n")
    with pytest.raises(Unreadable):
        read_anchors([str(tmp_path / "anchors")])


BROKEN = {
    "table below": [-1, "00", event(1)[2]],
    "table beyond": [70_000, "00", event(1)[2]],
    "table unknown": [9, "00", event(1)[2]],
    "salt": [1, "x", event(1)[2]],
    "content": [1, "00", "{"],
    "content of a number": [1, "00", "7"],
    "key": [1, "00", '{"id": 7}'],
    "excuse": {"excuse": ["audit_removal", "00", "{}"]},
    "excuse of a kind": {"excuse": ["audit_event", *removal(9, NOW, NOW - 2 * YEAR)[1:]]},
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_line_that_cannot_be_read_ends_in_a_sentence(tmp_path: Path, name: str) -> None:
    lines = bundle(EVENTS)
    lines.insert(3, BROKEN[name])
    with pytest.raises(Unreadable, match="is no bundle"):
        check(tmp_path, lines)


def test_a_file_that_is_damaged_ends_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "bundle.gz"
    written(path, bundle(EVENTS, LATER))
    whole = path.read_bytes()
    for place in range(10, len(whole), 40):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        assert "Traceback" not in alone(str(path)).stderr


def test_a_line_without_an_end_does_not_fill_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "LONGEST_LINE", 1000)
    with gzip.open(tmp_path / "bundle.gz", "wt") as file:
        file.write(json.dumps({"bundle": 1, "organization": ORGANIZATION, "slug": "x" * 1000}) + "\n")
    with pytest.raises(Unreadable, match="long"):
        verify_bundle(str(tmp_path / "bundle.gz"), [], print)


def test_what_a_bundle_says_cannot_draw_on_the_terminal(tmp_path: Path) -> None:
    """Nor add a line of its own to the report."""
    lines = bundle(EVENTS)
    lines[0]["slug"] = "acme\x1b[2J\nacme: 0 findings"
    lines.pop(2)
    answer = alone(written(tmp_path / "bundle.gz", lines))
    assert answer.returncode == 1
    assert "\x1b" not in answer.stdout and "\nacme: 0 findings" not in answer.stdout
