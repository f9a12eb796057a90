"""A workbook is a ZIP archive from a stranger: it gives rows, or a sentence, and never the worker's memory."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from bailiwick.kernel.files.errors import Unreadable
from bailiwick.kernel.files.reading import Row, count_rows, read_head, read_rows, recognise
from bailiwick.kernel.files.tests.factories import workbook

SHEET = "xl/worksheets/sheet1.xml"
WHOLE = workbook()


def made(fill: Callable[[Any, Any], None]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        fill(book, book.add_worksheet())
    return content.getvalue()


def changed(content: bytes, entry: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one entry rewritten."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(source.read(name)) if name == entry else source.read(name))
    return result.getvalue()


def rows_of(content: bytes, after: int = 0) -> list[Row]:
    return list(read_rows(io.BytesIO(content), "xlsx", after))


def refusal(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        rows_of(content)
    return str(refused.value)


def test_the_first_visible_sheet_gives_rows_with_plain_values_and_the_numbers_that_people_see() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.hide()
        second = book.add_worksheet('A <b> & "c"')
        second.activate()
        second.write_row(2, 0, ["name", "count", "share", "when", "day", "at", "is"])
        second.write_row(3, 0, ["00123", 12, 0.25])
        for column, (value, shown) in enumerate(
            [
                (datetime(2026, 11, 21, 14, 30), "yyyy-mm-dd hh:mm"),
                (date(2026, 11, 21), "yyyy-mm-dd"),
                (time(9, 5), "hh:mm"),
            ],
            3,
        ):
            second.write_datetime(3, column, value, book.add_format({"num_format": shown}))
        second.write_boolean(3, 6, True)
        second.write_string(5, 0, "after a gap")

    content = made(fill)
    first, last = rows_of(content)
    assert first.number == 4
    assert list(first.values.values()) == ["00123", 12, 0.25, "2026-11-21T14:30:00", "2026-11-21", "09:05:00", True]
    assert [type(value) for value in list(first.values.values())[:3]] == [str, int, float]
    assert last == Row(6, dict.fromkeys(first.values, "") | {"name": "after a gap"})
    assert rows_of(content, after=4) == [last]
    assert count_rows(io.BytesIO(content), "xlsx") == 2
    assert read_head(io.BytesIO(content), "xlsx", rows=1) == (list(first.values), [first])


def test_a_cell_that_shows_an_error_is_a_fault_of_its_row() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_row(1, 0, [1, 2])
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.write_row(3, 0, ["#N/A", "text that looks like one"])

    rows = rows_of(made(fill))
    assert [(row.number, row.fault) for row in rows] == [(2, ""), (3, "Cell B3 shows an error."), (4, "")]


def test_a_nul_that_is_spelt_out_is_a_fault_of_its_row() -> None:
    book = made(lambda _book, sheet: sheet.write_column(0, 0, ["a", "good", "HERE"]))
    rows = rows_of(changed(book, "xl/sharedStrings.xml", lambda xml: xml.replace(b"HERE", b"x_x0000_")))
    assert [(row.number, "NUL" in row.fault) for row in rows] == [(2, False), (3, True)]


def test_a_row_that_is_wider_than_the_heading_is_a_fault() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_row(1, 0, [1, 2, 3])

    assert "3 cells, the heading has 2" in rows_of(made(fill))[0].fault


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (workbook()[:-30], "damaged"),
        (workbook()[:200], "damaged"),
        (b"", "damaged"),
        (b"PK\x05\x06" + bytes(18), "damaged"),
        (made(lambda _book, _sheet: None), "no heading"),
        (made(lambda _book, sheet: sheet.write_row(0, 0, ["a", "", "c"])), "Column 2 has no heading"),
        (made(lambda _book, sheet: sheet.write_row(0, 0, ["a", "a"])), "over two columns"),
        (changed(workbook(), "xl/workbook.xml", lambda _xml: b"<workbook/>"), "no visible sheet"),
        (changed(workbook(), SHEET, lambda _xml: b"rubbish"), ""),
    ],
)
def test_a_workbook_that_cannot_be_read_says_why(content: bytes, said: str) -> None:
    assert said in refusal(content)


def test_a_cell_far_outside_ends_only_the_program_that_reads() -> None:
    """The library reserves the whole rectangle, here 400 GB, and ends its process when it does not get them."""

    def fill(_book: Any, sheet: Any) -> None:
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "z")

    content = made(fill)
    assert len(content) < 10_000
    assert "far outside" in refusal(content)


def test_a_workbook_that_expands_without_end_is_refused() -> None:
    result = io.BytesIO(WHOLE)
    with (
        zipfile.ZipFile(result, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w") as part,
    ):
        for _megabyte in range(520):
            part.write(bytes(1 << 20))
    content = result.getvalue()
    assert len(content) < 4 << 20
    assert "expands" in refusal(content)


def test_the_directory_is_not_believed() -> None:
    """It claims that a part is small; the part is not."""
    content = bytearray(changed(workbook(), SHEET, lambda xml: xml + b" " * (20 << 20)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size.to_bytes(4, "little")
    assert content.count(size) == 2
    assert "damaged" in refusal(bytes(content.replace(size, (1000).to_bytes(4, "little"))))


def test_an_archive_of_too_many_parts_is_refused() -> None:
    content = io.BytesIO(workbook())
    with zipfile.ZipFile(content, "a") as archive:
        for number in range(2_100):
            archive.writestr(f"xl/deep/{'x/' * 10}{number}", b"")
    assert "expands" in refusal(content.getvalue())


def test_a_workbook_with_entities_of_entities_is_refused() -> None:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
    bomb = b'<!DOCTYPE x [<!ENTITY e0 "ha">' + entities + b"]>"

    def plant(xml: bytes) -> bytes:
        return re.sub(rb"(<\?xml[^>]*\?>)", rb"\1" + bomb, xml).replace(b"<v>1</v>", b"<v>&e11;</v>")

    try:
        assert "ha" * 10 not in str(rows_of(changed(workbook(), SHEET, plant)))
    except Unreadable as refused:
        assert str(refused)


@settings(max_examples=30)
@given(st.data())
def test_a_damaged_workbook_gives_rows_or_a_sentence(data: st.DataObject) -> None:
    content = bytearray(WHOLE)
    for _time in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    for read in (lambda file: list(read_rows(file, "xlsx")), recognise):
        try:
            read(io.BytesIO(bytes(content)))
        except Unreadable as refused:
            assert str(refused)
