"""Whatever comes in gives rows, or a sentence that says where and what to do."""

import gzip
import io
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bailiwick.kernel.files.errors import TooLarge, Unreadable
from bailiwick.kernel.files.reading import Row, count_rows, read_head, read_lines, read_rows, recognise, rows
from bailiwick.kernel.files.reading.tables import find_delimiter


def rows_of(content: bytes, kind: str = "csv", after: int = 0) -> list[Row]:
    return list(read_rows(io.BytesIO(content), kind, after))


def refusal(content: bytes, kind: str = "csv") -> str:
    with pytest.raises(Unreadable) as refused:
        rows_of(content, kind)
    return str(refused.value)


def faults(content: bytes, kind: str = "csv") -> dict[int, str]:
    return {row.number: row.fault for row in rows_of(content, kind) if row.fault}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_is_read_with_the_delimiter_that_it_has(delimiter: str) -> None:
    text = 'name,text,count\r\nA,"x, y; z",1\r\nB,"two\r\nlines",2\r\n'.replace(",", delimiter)
    text = text.replace(f"x{delimiter} y", "x, y") if delimiter != "," else text
    assert rows_of(text.encode()) == [
        Row(2, {"name": "A", "text": "x, y; z", "count": "1"}),
        Row(3, {"name": "B", "text": "two\r\nlines", "count": "2"}),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("press", [bytes, gzip.compress])
def test_byte_order_marks_and_gzip_are_understood(encoding: str, press: Any) -> None:
    assert rows_of(press("größe,name\nü,名\n".encode(encoding))) == [Row(2, {"größe": "ü", "name": "名"})]
    assert rows_of(press('{"größe": "ü"}\n'.encode(encoding)), "jsonl") == [Row(1, {"größe": "ü"})]


def test_reading_goes_on_after_a_row() -> None:
    text = b'a,b\n1,2\n\n"3\n",4\n5,6\n'
    assert [row.number for row in rows_of(text)] == [2, 4, 6]
    assert rows_of(text, after=4) == [Row(6, {"a": "5", "b": "6"})]
    assert [row.number for row in rows_of(b'{}\n\n{}\n{"a":1}\n', "jsonl", after=1)] == [3, 4]
    assert count_rows(io.BytesIO(text), "csv") == 3
    assert count_rows(io.BytesIO(b"{}\n\n{}"), "jsonl") == 2


def test_a_row_that_is_ragged_or_badly_quoted_is_a_fault_and_reading_goes_on() -> None:
    found = rows_of(b'a,b\n1\n1,2,3\n"x"y,2\n3,4\n')
    assert [row.number for row in found] == [2, 3, 4, 5]
    assert "1 cells, the heading has 2" in found[0].fault
    assert "doubled" in found[2].fault
    assert found[3] == Row(5, {"a": "3", "b": "4"})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no heading"),
        (b"a,,c\n1,2,3\n", "Column 2 has no heading"),
        (b"a,a\n1,2\n", "stands over two columns"),
        (b"a,b\n1,2\n\xe4,2\n", "Line 3 is not UTF-8"),
        (b"a,b\n1,2\n1\0,2\n", "Line 3 holds a NUL byte"),
        (b'a,b\n1,2\n"3,4\n5,6\n', "opens in line 3 is never closed"),
        (b'a,b\n1,2\n"' + b"x\n" * 100_000 + b'"y\n', "opens in line 3 is never closed"),
        (b"a,b\n" + b"x" * 300_000, "Line 2: The line is longer"),
        (b'"a"b,c\n', "Line 1"),
        (b"\xff\xfea", "UTF-16 and is not"),
        (gzip.compress(b"a,b\n1,2\n" * 1000, mtime=0)[:-20], "breaks off"),
        (gzip.compress(b"a,b\n1,2\n" * 1000, mtime=0)[:-8] + b"\0" * 8, "damaged"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0) + b"rubbish", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(content: bytes, said: str) -> None:
    assert said in refusal(content)


def test_a_heading_alone_is_a_table_without_rows() -> None:
    assert rows_of(b"a,b\n") == []
    assert read_head(io.BytesIO(b"a;b\n"), "csv") == (["a", "b"], [])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"[1]", "not an object"),
        (b'{"a": 1', "breaks off"),
        (b'{"a" 1}', "column"),
        (b'{"a": "\xe4"}', "not UTF-8"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b'{"x": [{"a": 1, "a" : 2}]}', "stands twice"),
        (b'{"a": NaN}', "column"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": "\\u0000"}', "NUL"),
        (b'{"a": "\\ud800"}', "JSON"),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", "JSON"),
        (b'{"a": ' + b"1" * 5000 + b"}", "too large"),
        (b'{"a": "' + b"x" * 300_000 + b'"}', "longer than"),
    ],
)
def test_a_line_that_is_no_object_of_ours_is_a_fault_and_reading_goes_on(line: bytes, said: str) -> None:
    found = rows_of(b'{"a": 1}\n' + line + b'\n{"a": 2}\n', "jsonl")
    assert [row.number for row in found] == [1, 2, 3]
    assert said in found[1].fault
    assert found[2].values == {"a": 2}


def test_numbers_in_json_keep_every_digit_and_keys_inside_text_are_no_keys() -> None:
    line = rb'{"a": 123456789012345678901234567890, "b": "\"c\": 1, \"c\": 2", "d": "\\u0000"}'
    [row] = rows_of(line, "jsonl")
    assert row.values == {"a": 123456789012345678901234567890, "b": '"c": 1, "c": 2', "d": "\\u0000"}


def test_columns_of_json_lines_are_the_names_in_the_first_rows() -> None:
    head = read_head(io.BytesIO(b'{"a": 1}\n{"b": 2, "a": 3}\n{"c": 1}\n'), "jsonl", rows=2)
    assert head.columns == ["a", "b"]
    assert len(head.rows) == 2


def test_a_file_of_too_many_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_LINES", 3)
    assert "more than 3 lines" in refusal(b"a,b\n" + b"1,2\n" * 3)
    assert "more than 3 lines" in refusal(b"{}\n" * 4, "jsonl")


def bomb(size: int) -> bytes:
    engine = zlib.compressobj(9, wbits=31)
    block = bytes(1 << 20)
    return b"".join([*(engine.compress(block) for _ in range(size >> 20)), engine.flush()])


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_gzip_bomb_is_refused(kind: str) -> None:
    assert refusal(bomb(1 << 30), kind)


def test_a_gzip_of_endless_tiny_parts_is_refused() -> None:
    assert "too many small parts" in refusal(gzip.compress(b"", mtime=0) * 3000)


def test_gzip_put_together_is_read_as_one() -> None:
    content = gzip.compress(b'{"a":1}\n') + gzip.compress(b'{"a":2}\n') + b"\0" * 100
    assert [row.values["a"] for row in rows_of(content, "jsonl")] == [1, 2]


@pytest.mark.parametrize("press", [bytes, gzip.compress])
def test_lines_of_a_request_are_numbered_and_long_ones_skipped(press: Any) -> None:
    body = b'\xef\xbb\xbf{"a":1}\r\n\n' + b"x" * 200_000 + b'\n{"a":2}\n' + b"y" * 70_000
    found = list(read_lines(io.BytesIO(press(body)), is_gzip=press is gzip.compress, longest_line=1000))
    assert [(number, line.strip()) for number, line, _fault in found] == [
        (1, b'{"a":1}'),
        (3, b""),
        (4, b'{"a":2}'),
        (5, b""),
    ]
    assert [bool(fault) for _number, _line, fault in found] == [False, True, False, True]


def test_a_request_that_is_too_large_is_refused_where_it_becomes_so() -> None:
    lines = read_lines(io.BytesIO(gzip.compress(b"{}\n" * 1_000_000, mtime=0)), is_gzip=True, largest=1_000_000)
    seen = 0
    with pytest.raises(TooLarge) as refused:
        for seen, _line, _fault in lines:  # noqa: B007
            pass
    assert refused.value.status == 413
    assert 0 < seen < 340_000


@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=20), st.integers(1, 7))
def test_lines_are_those_of_the_body_however_it_arrives(lines: list[bytes], size: int) -> None:
    body = b"\n".join(lines)

    class Slow(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            return super().read(size)

    found = {number: line for number, line, _fault in read_lines(Slow(body), longest_line=1000)}
    expected = {n: line for n, line in enumerate(body.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1) if line.strip()}
    assert found == expected


@settings(max_examples=300)
@given(
    st.binary(max_size=200) | st.text("\",;\n\r\t|'a={}[]:1", max_size=60).map(str.encode),
    st.sampled_from(["csv", "jsonl"]),
)
def test_whatever_the_bytes_are_there_are_rows_or_a_sentence(content: bytes, kind: str) -> None:
    for given_bytes in (content, b"\x1f\x8b" + content, gzip.compress(content, mtime=0)):
        for read in (lambda file: list(read_rows(file, kind)), recognise):
            try:
                read(io.BytesIO(given_bytes))
            except Unreadable as refused:
                assert str(refused)


def test_without_a_delimiter_there_is_one_column() -> None:
    assert find_delimiter(["name", "a"]) == ","
    assert rows_of(b"name\nA\n") == [Row(2, {"name": "A"})]
