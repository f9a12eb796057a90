"""Excel workbooks, read by a program of its own: a few bytes of XLSX can ask for any amount of memory."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO

import orjson
from django.utils.translation import gettext as _

from bailiwick.kernel.files.errors import TooLarge, Unreadable
from bailiwick.kernel.files.reading.streams import BLOCK

PROGRAM = Path(__file__).parent / "extraction.py"


def read_workbook(content: BinaryIO) -> Iterator[tuple[int, list[Any], str]]:
    """Row number, cells and fault of every row of the first visible sheet that is not blank."""
    with tempfile.TemporaryFile() as copy:
        content.seek(0)
        shutil.copyfileobj(content, copy, BLOCK)
        copy.seek(0)
        yield from _extract(copy)


def _extract(copy: IO[bytes]) -> Iterator[tuple[int, list[Any], str]]:
    command = [sys.executable, "-I", str(PROGRAM)]
    reader = subprocess.Popen(command, stdin=copy, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert reader.stdout
    end, width = "died", 0
    try:
        for line in reader.stdout:
            end, given = orjson.loads(line)
            if end:
                break
            number, cells, broken = given
            width = width or len(cells)
            fault = _("Cell %(cell)s shows an error.") % {"cell": broken} if broken else ""
            # A sheet may spell it out: _x0000_ (ISO/IEC 29500-1, 22.4.2.4).
            if b"\\u0000" in line and any(isinstance(cell, str) and "\0" in cell for cell in cells):
                fault = fault or _("This line holds a NUL character, which is no text.")
            yield number, cells + [""] * (width - len(cells)), fault
            end = "died"
    finally:
        reader.kill()
        reader.stdout.close()
        reader.wait()
    _conclude(end)


def _conclude(end: str) -> None:
    """Raises what the program's last word means."""
    match end:
        case "done":
            return
        case "large":
            raise TooLarge(
                _("The workbook expands to more than can be taken. Save the one sheet as CSV and give that.")
            )
        case "damaged":
            raise Unreadable(_("The workbook is damaged or breaks off. Save it again and give it whole."))
        case "locked":
            raise Unreadable(_("The workbook is locked with a password. Save it without one."))
        case "empty":
            raise Unreadable(_("The workbook has no visible sheet with cells."))
        case _:
            text = _("The workbook could not be read within the limits: a cell may stand far outside of the table.")
            raise TooLarge(text)
