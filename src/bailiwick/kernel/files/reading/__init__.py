"""Reading what came in: bounded, line by line, and never trusting a name."""

from bailiwick.kernel.files.reading.documents import check_document
from bailiwick.kernel.files.reading.kinds import Recognised, recognise
from bailiwick.kernel.files.reading.lines import LONGEST_LINE, read_lines
from bailiwick.kernel.files.reading.rows import Head, Row, count_rows, read_head, read_rows
from bailiwick.kernel.files.reading.streams import is_compressed

__all__ = [
    "LONGEST_LINE",
    "Head",
    "Recognised",
    "Row",
    "check_document",
    "count_rows",
    "is_compressed",
    "read_head",
    "read_lines",
    "read_rows",
    "recognise",
]
