"""The reads of the trail."""

from bailiwick.kernel.audit.queries.history import list_changes, list_events

__all__ = ["list_changes", "list_events"]
