"""Blocks of bytes out of a file or a request, expanded and decoded within limits."""

import codecs
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from django.utils.translation import gettext as _

from bailiwick.kernel.files.errors import TooLarge, Unreadable

BLOCK = 64 * 1024
GZIP = b"\x1f\x8b"
LARGEST = 1024 * 1024 * 1024
"""Bytes that a file may have once it is expanded."""
RATIO, RATIO_FROM = 250, 64 * 1024 * 1024
"""What expands to more than so many times its size is refused, once it has passed so many bytes."""
SMALLEST_MEMBER, FREE_MEMBERS = 1000, 1000
"""A gzip file may be many put together; endless tiny ones only cost time."""


class Stream(Protocol):
    """Anything that gives bytes: a file, a request."""

    def read(self, size: int = ..., /) -> bytes: ...


def is_compressed(content: BinaryIO) -> bool:
    """Whether the content is gzip, which its first bytes say; it stands at its beginning afterwards."""
    content.seek(0)
    start = content.read(len(GZIP))
    content.seek(0)
    return start == GZIP


def read_blocks(stream: Stream, *, is_gzip: bool, largest: int) -> Iterator[bytes]:
    """The content in blocks, expanded; raises TooLarge beyond `largest` bytes, Unreadable for damaged gzip."""
    seen, blocks = 0, iter(lambda: stream.read(BLOCK), b"")
    for block in inflate(blocks) if is_gzip else blocks:
        seen += len(block)
        if seen > largest:
            raise TooLarge(_("The content is larger than %(size)d MB. Split it into parts.") % {"size": largest >> 20})
        yield block


def inflate(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Expand gzip, be it one or several put together, never holding more than a block."""
    engine, taken, made, members, is_open = zlib.decompressobj(wbits=31), 0, 0, 0, False
    try:
        for block in blocks:
            taken += len(block)
            while block:
                is_open = True
                if piece := engine.decompress(block, BLOCK):
                    made += len(piece)
                    _check_ratio(taken, made)
                    yield piece
                block = engine.unconsumed_tail
                if engine.eof:
                    block = engine.unused_data.lstrip(b"\0")
                    engine, is_open, members = zlib.decompressobj(wbits=31), False, members + 1
                    _check_members(members, made)
        if is_open and (piece := engine.flush()):
            yield piece
    except zlib.error as fault:
        raise Unreadable(_("The gzip file is damaged. Compress the file again.")) from fault
    if is_open and not engine.eof:
        raise Unreadable(_("The gzip file breaks off: its end is missing. Send it again, whole."))


def _check_ratio(taken: int, made: int) -> None:
    if made > RATIO_FROM and made > taken * RATIO:
        raise TooLarge(_("The gzip file expands to more than %(ratio)d times its size.") % {"ratio": RATIO})


def _check_members(members: int, made: int) -> None:
    if members > FREE_MEMBERS and made < members * SMALLEST_MEMBER:
        raise Unreadable(_("The gzip file is made of too many small parts. Compress the file again, in one piece."))


def as_utf8(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same text without a byte order mark; UTF-16 with one becomes UTF-8, anything else is passed on as it is."""
    first = next(blocks, b"")
    while len(first) < 3 and (more := next(blocks, b"")):
        first += more
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield from _from_utf16(first, blocks)
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from blocks


def _from_utf16(first: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        yield decoder.decode(first).encode()
        for block in blocks:
            yield decoder.decode(block).encode()
        decoder.decode(b"", final=True)
    except UnicodeError as fault:
        raise Unreadable(_("The file says that it is UTF-16 and is not. Save it as UTF-8.")) from fault
