"""How the content of a file leaves, by whichever door."""

from typing import BinaryIO

from django.http import FileResponse

from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.files.reading import is_compressed
from bailiwick.kernel.files.rules import name_to_save_as

BLOCK = 256 * 1024
TYPES = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.JSONL: "application/jsonl",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.TEXT: "text/plain; charset=utf-8",
}
GZIP_TYPE = "application/gzip"


def send(stored: StoredFile, content: BinaryIO) -> FileResponse:
    """The content under a name that fits it; nothing about it is left to be guessed."""
    is_gzip = stored.kind in (FileKind.CSV, FileKind.JSONL, FileKind.TEXT) and is_compressed(content)
    response = FileResponse(
        content,
        as_attachment=True,
        filename=name_to_save_as(stored.name, stored.kind, is_gzip=is_gzip),
        content_type=GZIP_TYPE if is_gzip else TYPES[FileKind(stored.kind)],
    )
    response.block_size = BLOCK
    response["Content-Length"] = str(stored.size)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response
