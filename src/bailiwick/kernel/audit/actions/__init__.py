"""The writes of the trail."""

from bailiwick.kernel.audit.actions.recording import record

__all__ = ["record"]
