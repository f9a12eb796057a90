"""How rows of a file go together."""

import pytest

from bailiwick.kernel.files.errors import Unreadable
from bailiwick.kernel.files.reading import Row
from bailiwick.kernel.imports import rules
from bailiwick.kernel.imports.rules import group_by, in_chunks


def grouped(text: str) -> list[str]:
    """Of rows that are a letter each; a dot cannot be read."""
    rows = [Row(line, {"key": each}, "broken" if each == "." else "") for line, each in enumerate(text, start=1)]
    return ["".join(row.values["key"] for row in group) for group in group_by(iter(rows), lambda row: row["key"])]


def test_rows_that_stand_together_under_one_key_are_one_group() -> None:
    assert grouped("AABCCA") == ["AA", "B", "CC", "A"]
    assert grouped("") == []


def test_a_row_that_cannot_be_read_takes_along_what_it_may_belong_to() -> None:
    assert grouped("AABB.BCC") == ["AA", "BB.B", "CC"]
    assert grouped("AABB.CCD") == ["AA", "BB.CC", "D"]
    assert grouped(".AAB") == [".AA", "B"]
    assert grouped("A..BC.") == ["A..B", "C."]


def test_too_many_rows_that_go_together_are_refused_with_their_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_TOGETHER", 3)
    assert grouped("ABBBA") == ["A", "BBB", "A"]
    with pytest.raises(Unreadable, match="line 2"):
        grouped("ABBBBA")


def test_a_chunk_ends_between_groups() -> None:
    groups = [[Row(1, {}), Row(2, {})], [Row(3, {})], [Row(4, {}), Row(5, {}), Row(6, {})], [Row(7, {})]]
    assert [[len(group) for group in chunk] for chunk in in_chunks(groups, 3)] == [[2, 1], [3], [1]]
    assert [len(chunk) for chunk in in_chunks(groups, 100)] == [4]
