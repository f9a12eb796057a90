"""What goes out is opened by a spreadsheet as it was meant, and comes back as it went."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from bailiwick.kernel.files.errors import TooLarge
from bailiwick.kernel.files.reading import read_rows
from bailiwick.kernel.files.values import neutralise, restore
from bailiwick.kernel.files.writing import open_writer, workbooks

COLUMNS = (("a", "A"), ("b", "B"))
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
RISKY = st.builds(
    "".join,
    st.tuples(st.sampled_from(["", "'", "''", " ", "\t", "\u200b"]), st.sampled_from("=+-@＝＋－＠\r\n\t"), TEXT),
)
ROWS = st.lists(st.tuples(TEXT | RISKY, (TEXT | RISKY).filter(bool)), min_size=1, max_size=5)
RUN = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "＝1",
    "＋1",
    "－1",
    "＠A1",
    "\ufeff=1",
    "\u200b=1",
    "'=1",
    "\n=1",
]


def written(kind: str, rows: Sequence[Any], columns: Any = COLUMNS) -> io.BytesIO:
    content = io.BytesIO()
    with open_writer(kind, content, columns) as writer:
        for row in rows:
            writer.write(row)
    content.seek(0)
    return content


def came_back(content: io.BytesIO, kind: str) -> list[tuple[Any, ...]]:
    rows = list(read_rows(content, kind))
    assert [row.fault for row in rows if row.fault] == []
    return [tuple(row.values.values()) for row in rows]


@given(ROWS)
def test_text_comes_back_from_csv_as_it_went(rows: list[tuple[str, str]]) -> None:
    assert came_back(written("csv", rows), "csv") == rows


@given(ROWS)
def test_text_comes_back_from_json_lines_as_it_went(rows: list[tuple[str, str]]) -> None:
    assert came_back(written("jsonl", rows), "jsonl") == rows


@settings(max_examples=25)
@given(ROWS)
def test_text_comes_back_from_a_workbook_as_it_went(rows: list[tuple[str, str]]) -> None:
    assert came_back(written("xlsx", rows), "xlsx") == rows


@given(TEXT | RISKY)
def test_no_neutralised_text_starts_as_a_formula_does(text: str) -> None:
    assert neutralise(text).lstrip()[:1] not in tuple("=+-@＝＋－＠")
    assert restore(neutralise(text)) == text


@pytest.mark.parametrize("text", [*RUN, "'", "'quoted'", "''=1", "'a=1", "-5", "plain"])
def test_an_apostrophe_is_taken_away_only_where_one_was_given(text: str) -> None:
    assert came_back(written("csv", [[text, "x"]]), "csv") == [(text, "x")]


@pytest.mark.parametrize("text", RUN)
def test_a_formula_in_csv_is_preceded_by_an_apostrophe(text: str) -> None:
    lines = written("csv", [[text, -5]]).getvalue().decode("utf-8-sig")
    assert lines.startswith(("A,B\r\n'", "A,B\r\n\"'"))
    assert lines.endswith(",-5\r\n"), "a number stays a number"


@pytest.mark.parametrize("text", RUN)
def test_a_formula_in_a_workbook_is_text(text: str) -> None:
    content = written("xlsx", [[text, -5]])
    assert b"<f>" not in unzipped(content)
    assert cells_of(content) == [text, -5.0]


def unzipped(content: io.BytesIO) -> bytes:
    with zipfile.ZipFile(content) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def cells_of(content: io.BytesIO) -> list[Any]:
    """The first row below the heading, as another program reads it."""
    content.seek(0)
    return CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()[1]


def test_csv_begins_with_a_mark_and_its_lines_end_as_the_standard_says() -> None:
    assert written("csv", [{"a": "ä,1", "b": None}]).getvalue() == b'\xef\xbb\xbfA,B\r\n"\xc3\xa4,1",\r\n'


MOMENT = datetime(2026, 11, 21, 15, 30, tzinfo=timezone(timedelta(hours=1)))
VALUES = [Decimal("0.10"), 10**30, MOMENT, date(2026, 2, 1), True, ["x", 1], None, 2.5, datetime(2026, 1, 2, 3, 4)]
NAMED = tuple((f"c{number}", f"C{number}") for number in range(len(VALUES)))


def test_values_in_csv_are_plain_text_without_a_loss() -> None:
    [row] = came_back(written("csv", [VALUES], NAMED), "csv")
    moments = ("2026-11-21T14:30:00Z", "2026-02-01", "2026-01-02T03:04:00")
    assert row == ("0.10", "1" + "0" * 30, moments[0], moments[1], "true", '["x",1]', "", "2.5", moments[2])


def test_values_in_json_lines_are_numbers_with_every_digit() -> None:
    content = written("jsonl", [VALUES], NAMED)
    assert b'"c0":0.10,"c1":1' + b"0" * 30 + b"," in content.getvalue()
    [row] = came_back(content, "jsonl")
    assert row == (
        *(0.1, 10**30, "2026-11-21T15:30:00+01:00", "2026-02-01", True),
        *(["x", 1], None, 2.5, "2026-01-02T03:04:00"),
    )


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_whole_numbers_inside_of_a_value_keep_every_digit(kind: str) -> None:
    content = written(kind, [([{"n": 10**30}],)], [("c0", "c0")])
    assert b"1" + b"0" * 30 in content.getvalue()


def test_values_in_a_workbook_are_real_numbers_and_dates_and_moments_show_their_zone() -> None:
    content = written("xlsx", [VALUES], NAMED)
    cells = cells_of(content)
    assert cells[0] == 0.1
    assert cells[1] == "1" + "0" * 30
    assert cells[2] == datetime(2026, 11, 21, 14, 30)
    assert cells[3] == date(2026, 2, 1)
    assert cells[4:9] == [True, '["x",1]', "", 2.5, datetime(2026, 1, 2, 3, 4)]


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    [[cell, _other]] = came_back(written("xlsx", [["x" * 40_000, "y"]]), "xlsx")
    assert len(cell) == workbooks.LONGEST_CELL
    assert "32767" in cell[-60:].replace(",", "")


def test_dates_before_a_spreadsheets_calendar_are_text() -> None:
    rows = came_back(written("xlsx", [[date(1850, 1, 1), datetime(1850, 1, 1, tzinfo=UTC)]]), "xlsx")
    assert rows == [("1850-01-01", "1850-01-01T00:00:00Z")]


def test_a_sheet_that_is_full_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)
    with pytest.raises(TooLarge, match="choose CSV"):
        written("xlsx", [[1, 2], [3, 4], [5, 6]])


def test_a_row_of_another_width_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="3 values"):
        written("csv", [[1, 2, 3]])
