"""The writes of the trail."""

from bailiwick.kernel.audit.actions.reading import record_reading
from bailiwick.kernel.audit.actions.recording import record
from bailiwick.kernel.audit.actions.sealing import seal_rows

__all__ = ["record", "record_reading", "seal_rows"]
