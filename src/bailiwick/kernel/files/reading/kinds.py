"""What a file is, told by its content alone."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from io import SEEK_END
from typing import BinaryIO, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.files.errors import Unreadable
from bailiwick.kernel.files.reading.lines import LONGEST_LINE
from bailiwick.kernel.files.reading.objects import Refused, parse
from bailiwick.kernel.files.reading.streams import BLOCK, GZIP, inflate
from bailiwick.kernel.files.reading.tables import find_delimiter

HEAD = LONGEST_LINE + BLOCK
DIRECTORY = 1024 * 1024
LONGEST_WORD = 200
"""Characters of a line in a table of one column; beyond, it is a text."""
MAGIC: tuple[tuple[bytes, Promise], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _("an old Excel workbook (XLS) or one that is locked with a password")),
    (b"GIF8", _("an image")),
    (b"PAR1", _("a Parquet file")),
    (b"SQLite format 3\0", _("a database")),
    (b"PK\x03\x04", _("a ZIP archive")),
    (b"PK\x05\x06", _("a ZIP archive")),
    (b"\x7fELF", _("a program")),
    (b"MZ", _("a program")),
)
LOOKED_AT: tuple[tuple[bytes, FileKind, Promise], ...] = (
    (b"%PDF-", FileKind.PDF, _("a PDF")),
    (b"\x89PNG\r\n", FileKind.PNG, _("an image")),
    (b"\xff\xd8\xff", FileKind.JPEG, _("an image")),
)
INSIDE: tuple[tuple[bytes, Promise], ...] = (
    (b"word/document.xml", _("a Word document")),
    (b"ppt/presentation.xml", _("a presentation")),
    (b"xl/workbook.bin", _("a binary Excel workbook (XLSB)")),
    (b"content.xml", _("an OpenDocument file")),
)


class Recognised(NamedTuple):
    """The kind, or None; `otherwise` says what the content is where its kind is not taken, to follow "This is …"."""

    kind: FileKind | None
    otherwise: str | Promise = ""


def recognise(content: BinaryIO) -> Recognised:
    """Look at the beginning; raises Unreadable for a kind of ours that is damaged there."""
    content.seek(0)
    head = content.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _archive(content)
    for start, kind, title in LOOKED_AT:
        if head.startswith(start):
            return Recognised(kind, title)
    if head.startswith(GZIP):
        content.seek(0)
        head = _first(inflate(iter(lambda: content.read(BLOCK), b"")))
    return _text(head)


def _first(blocks: Iterator[bytes]) -> bytes:
    found = b""
    for block in blocks:
        found += block
        if len(found) >= HEAD:
            break
    return found[:HEAD]


def _archive(content: BinaryIO) -> Recognised:
    """By the names in the directory at its end, which is not parsed here: it may be made to be endless."""
    content.seek(max(0, content.seek(0, SEEK_END) - DIRECTORY))
    directory = content.read(DIRECTORY)
    if b"PK\x05\x06" not in directory:
        return Recognised(None, _("a damaged workbook or ZIP archive; its end is missing"))
    if b"[Content_Types].xml" in directory and b"xl/workbook.xml" in directory:
        return Recognised(FileKind.XLSX)
    return Recognised(None, next((title for name, title in INSIDE if name in directory), _("a ZIP archive")))


def _text(head: bytes) -> Recognised:
    known = (*MAGIC, *((start, title) for start, _kind, title in LOOKED_AT))
    magic = next((title for start, title in known if head.startswith(start)), None)
    if magic is not None:
        return Recognised(None, magic)
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _words(head.decode("utf-16", errors="ignore"))
    if b"\0" in head:
        return Recognised(None, _("a binary file"))
    return _words(_decode(head.removeprefix(BOM_UTF8)))


def _decode(head: bytes) -> str:
    """The text of the whole lines in the head; raises Unreadable with the line that is not UTF-8."""
    whole = head[: head.rfind(b"\n") + 1] if len(head) > LONGEST_LINE else head
    try:
        return whole.decode()
    except UnicodeDecodeError as error:
        text = _("Line %(line)d is not UTF-8. Save the file as “CSV UTF-8” and give it again.")
        raise Unreadable(text % {"line": whole.count(b"\n", 0, error.start) + 1}) from error


def _words(text: str) -> Recognised:
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return Recognised(None, _("an empty file"))
    first = lines[0].lstrip()
    if first.startswith("{"):
        return _object(first)
    if first.startswith("["):
        return Recognised(None, _("a JSON array; in JSON lines every line is an object"))
    if first.startswith("<"):
        return Recognised(None, _("a page or document in HTML or XML"))
    is_table = find_delimiter(lines[:20]) in first or max(map(len, lines[:20])) <= LONGEST_WORD
    return Recognised(FileKind.CSV) if is_table else Recognised(FileKind.TEXT, _("plain text without columns"))


def _object(first: str) -> Recognised:
    try:
        parse(first.encode())
    except Refused:
        return Recognised(None, _("JSON, but its first line is not a whole object; JSON lines have one on each line"))
    return Recognised(FileKind.JSONL)
