"""Whether a document is what it begins as, whole, and nothing else besides.

A file that two programs read as two different things (a polyglot) passes a check of the one and works as the other:
an image with an archive behind it, a PDF with a page in front. What stands before or behind a document is refused.
"""

import zlib
from collections.abc import Callable
from io import SEEK_END
from typing import BinaryIO

from django.utils.translation import gettext as _

from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.files.errors import Unreadable

PNG_START = b"\x89PNG\r\n\x1a\n"
CHUNK_MOST = 2**31 - 1
"""PNG (ISO/IEC 15948), 5.3."""
PDF_TAIL, PDF_HEAD = 1024, 1024
"""Bytes within which readers look for the end and the beginning of a PDF (ISO 32000-1, H.3)."""
ARCHIVE_END = b"PK\x05\x06"
ARCHIVE_TAIL = 22 + 65_535
"""The record that ends a ZIP archive, with the longest comment that may follow it (APPNOTE 4.3.16)."""
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""JPEG markers without a length (ISO/IEC 10918-1, B.1.1.3)."""
SCAN, IMAGE_END = 0xDA, b"\xff\xd9"
BLANK = b"\0\t\n\f\r "


def check_document(content: BinaryIO, kind: str) -> None:
    """Raises Unreadable for a document that is damaged, cut off, or something else besides."""
    content.seek(0)
    _CHECKS[FileKind(kind)](content)
    if _ends_as_archive(content) or (kind != FileKind.PDF and _holds_pdf(content)):
        raise Unreadable(_("The file is several things in one. Save the document again, on its own."))


def _check_pdf(content: BinaryIO) -> None:
    size = content.seek(0, SEEK_END)
    content.seek(max(0, size - PDF_TAIL))
    tail = content.read(PDF_TAIL).rstrip(BLANK)
    if b"%%EOF" not in tail:
        raise Unreadable(_("The PDF breaks off: its end is missing. Send it again, whole."))
    if not tail.endswith(b"%%EOF"):
        raise Unreadable(_("Something stands behind the end of the PDF. Save it again."))


def _check_png(content: BinaryIO) -> None:
    """The signature, then chunk after chunk with its check sum, from the header to the end."""
    if content.read(8) != PNG_START:
        raise _damaged()
    is_first = True
    while True:
        head = content.read(8)
        length, name = int.from_bytes(head[:4], "big"), head[4:]
        if len(head) < 8 or length > CHUNK_MOST or (is_first and (name != b"IHDR" or length != 13)):
            raise _damaged()
        body, told = content.read(length), content.read(4)
        if len(body) < length or zlib.crc32(name + body).to_bytes(4, "big") != told:
            raise _damaged()
        if name == b"IEND":
            break
        is_first = False
    _check_nothing_behind(content)


def _check_jpeg(content: BinaryIO) -> None:
    """The segments up to the first scan; the picture itself ends with its marker, and with it the file."""
    content.seek(2)
    while (marker := _next_marker(content)) != SCAN:
        if marker in ALONE:
            continue
        length = int.from_bytes(content.read(2), "big")
        if length < 2 or len(content.read(length - 2)) < length - 2:
            raise _damaged()
    size = content.seek(0, SEEK_END)
    content.seek(max(0, size - PDF_TAIL))
    if not content.read(PDF_TAIL).rstrip(b"\0").endswith(IMAGE_END):
        raise Unreadable(_("The image breaks off, or something stands behind its end. Save it again."))


def _next_marker(content: BinaryIO) -> int:
    first = content.read(2)
    while first == b"\xff\xff":
        first = b"\xff" + content.read(1)
    if len(first) < 2 or first[0] != 0xFF or first[1] in (0x00, 0xD9):
        raise _damaged()
    return first[1]


def _check_nothing_behind(content: BinaryIO) -> None:
    if content.read(1):
        raise Unreadable(_("Something stands behind the end of the image. Save it again."))


def _damaged() -> Unreadable:
    return Unreadable(_("The image is damaged or breaks off. Send it again, whole."))


def _ends_as_archive(content: BinaryIO) -> bool:
    """Whether an archive ends where the file does: most programs look for it there."""
    size = content.seek(0, SEEK_END)
    content.seek(max(0, size - ARCHIVE_TAIL))
    tail = content.read(ARCHIVE_TAIL)
    place = tail.find(ARCHIVE_END)
    while place >= 0:
        if len(tail) - place >= 22 and len(tail) - place - 22 <= int.from_bytes(
            tail[place + 20 : place + 22], "little"
        ):
            return True
        place = tail.find(ARCHIVE_END, place + 1)
    return False


def _holds_pdf(content: BinaryIO) -> bool:
    content.seek(0)
    return b"%PDF-" in content.read(PDF_HEAD)


_CHECKS: dict[FileKind, Callable[[BinaryIO], None]] = {
    FileKind.PDF: _check_pdf,
    FileKind.PNG: _check_png,
    FileKind.JPEG: _check_jpeg,
}
