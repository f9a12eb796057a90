"""Writing what goes out: one row at a time, in flat memory, with formulas neutralised."""

from bailiwick.kernel.files.writing.writers import Writer, open_writer

__all__ = ["Writer", "open_writer"]
