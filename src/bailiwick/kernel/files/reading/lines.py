"""Lines out of blocks, each no longer than is allowed."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from bailiwick.kernel.files.reading.streams import LARGEST, Stream, read_blocks

LONGEST_LINE = 256 * 1024
"""Bytes of one line."""
BOM = b"\xef\xbb\xbf"


def read_lines(
    stream: Stream, *, is_gzip: bool = False, longest_line: int = LONGEST_LINE, largest: int = LARGEST
) -> Iterator[tuple[int, bytes, str]]:
    """Number (from 1), content and fault of each line that is not blank; one that is too long is a fault.

    Raises TooLarge beyond `largest` bytes (expanded), Unreadable for damaged gzip. The end of a line may still have
    its carriage return.
    """
    blocks = read_blocks(stream, is_gzip=is_gzip, largest=largest)
    for number, line, fault in split_lines(blocks, longest_line):
        if number == 1:
            line = line.removeprefix(BOM)
        if fault or (line and not line.isspace()):
            yield number, line, fault


def is_blank(given: tuple[int, bytes, str]) -> bool:
    """Whether there is nothing in a line, and nothing wrong with it."""
    _number, line, fault = given
    return not fault and (not line or line.isspace())


def split_lines(blocks: Iterator[bytes], longest: int) -> Iterator[tuple[int, bytes, str]]:
    """Every line, blank ones too, without its line feed; of one that is too long nothing is kept."""
    fault = _("The line is longer than %(size)d bytes.") % {"size": longest}
    number, rest, is_skipping = 0, b"", False
    for block in blocks:
        lines = block.split(b"\n")
        lines[0] = rest + lines[0]
        rest = lines.pop()
        for line in lines:
            number += 1
            if is_skipping or len(line) > longest:
                is_skipping = False
                yield number, b"", fault
            else:
                yield number, line, ""
        if len(rest) > longest:
            rest, is_skipping = b"", True
    if is_skipping:
        yield number + 1, b"", fault
    elif rest:
        yield (number + 1, rest, "") if len(rest) <= longest else (number + 1, b"", fault)
