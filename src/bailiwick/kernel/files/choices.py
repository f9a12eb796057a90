"""Kinds of files that the house reads and writes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FileKind(TextChoices):
    """A kind is what the content is found to be, not what the name or the browser says."""

    CSV = "csv", _("CSV")
    JSONL = "jsonl", _("JSON lines")
    XLSX = "xlsx", _("Excel workbook (XLSX)")
    PDF = "pdf", _("PDF")
    PNG = "png", _("image (PNG)")
    JPEG = "jpeg", _("image (JPEG)")
    TEXT = "text", _("plain text")


TABLES = (FileKind.CSV, FileKind.JSONL, FileKind.XLSX)
"""Kinds that are read and written row by row."""
DOCUMENTS = (FileKind.PDF, FileKind.PNG, FileKind.JPEG)
"""Kinds that people look at."""
