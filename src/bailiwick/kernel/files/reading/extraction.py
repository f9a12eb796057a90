"""A program: an XLSX on standard input, its rows as lines of JSON on standard output.

Run by path, without the platform and within limits of memory and time: the library that reads workbooks ends its whole
process when a sheet asks for more memory than there is. Each line is `[end, row]`; the last one says how it ended.
"""

import io
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

import orjson
import python_calamine

MEMORY, SECONDS = 2 << 30, 120
LARGEST, MOST_ENTRIES, BLOCK = 512 << 20, 2_000, 1 << 20
WHOLE = 2**53
"""Below it every whole number is itself as a float."""

_sheet = re.compile(rb"xl/worksheets/[^/]+\.xml")
_broken_cell = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})([0-9]{1,7})"')
_sheet_target = re.compile(rb'<Relationship\b(?=[^>]*\bId="([^"]+)")[^>]*\bTarget="([^"]+)"')
_sheet_names = re.compile(rb'<sheet\b(?=[^>]*\bname="([^"]*)")[^>]*\br:id="([^"]+)"')


class Ended(Exception):
    """Reading stops; the word says why."""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for row in rows(sys.stdin.buffer):
            tell("", row)
    except Ended as ended:
        tell(str(ended))
    except MemoryError:
        tell("large")
    except (zipfile.BadZipFile, zlib.error, python_calamine.CalamineError, ValueError, KeyError, OSError):
        tell("damaged")
    else:
        tell("done")
    sys.stdout.flush()


def tell(end: str, row: tuple[int, list[Any], str] | None = None) -> None:
    sys.stdout.buffer.write(orjson.dumps((end, row), option=orjson.OPT_APPEND_NEWLINE))


def rows(content: BinaryIO) -> Iterator[tuple[int, list[Any], str]]:
    """Number, cells without the empty ones at the end, and the first cell that shows an error."""
    broken = inspect(content)
    content.seek(0)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content.read()))
    except python_calamine.PasswordError as fault:
        raise Ended("locked") from fault
    name = visible_sheet(book)
    errors = broken.get(name, {})
    for number, cells in enumerate(book.get_sheet_by_name(name).iter_rows(), 1):
        values = [plain(cell) for cell in cells]
        while values and values[-1] == "":
            values.pop()
        if values or number in errors:
            yield number, values, errors.get(number, "")


def visible_sheet(book: python_calamine.CalamineWorkbook) -> str:
    for sheet in book.sheets_metadata:
        is_table = sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        if is_table and sheet.visible == python_calamine.SheetVisibleEnum.Visible:
            return str(sheet.name)
    raise Ended("empty")


def plain(cell: Any) -> Any:
    """A cell as a value of JSON; dates and times in ISO 8601."""
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < WHOLE else cell
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return cell


def inspect(content: BinaryIO) -> dict[str, dict[int, str]]:
    """Expand everything once, within the limit; by sheet and row, the first cell that shows an error."""
    with zipfile.ZipFile(content) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST:
            raise Ended("large")
        left, broken = LARGEST, {}
        for entry in entries:
            if entry.flag_bits & 1:
                raise Ended("locked")
            size, found = expand(archive, entry, left)
            left -= size
            broken[entry.filename] = found
        return {name: broken.get(path, {}) for name, path in sheet_paths(archive).items()}


def expand(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> tuple[int, dict[int, str]]:
    """The real size of an entry, whatever the directory claims, and its broken cells by row."""
    claimed, entry.file_size = entry.file_size, most + 1
    found: dict[int, str] = {}
    size, tail, is_sheet = 0, b"", _sheet.fullmatch(entry.filename.encode())
    with archive.open(entry) as part:
        while block := part.read(BLOCK):
            size += len(block)
            if size > most:
                raise Ended("large")
            if is_sheet:
                found = {
                    int(row): f"{column.decode()}{int(row)}" for column, row in _broken_cell.findall(tail + block)
                } | found
                tail = block[-512:]
    entry.file_size = claimed
    if size != claimed:
        raise Ended("damaged")
    return size, found


def sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Where each sheet lies in the archive, by its name as the workbook shows it."""
    targets = {
        identity: target.decode()
        for identity, target in _sheet_target.findall(archive.read("xl/_rels/workbook.xml.rels"))
    }
    return {
        unescape(name.decode()): absolute(targets.get(identity, ""))
        for name, identity in _sheet_names.findall(archive.read("xl/workbook.xml"))
    }


def unescape(text: str) -> str:
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(written, meant)
    return text


def absolute(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"


if __name__ == "__main__":
    main()
