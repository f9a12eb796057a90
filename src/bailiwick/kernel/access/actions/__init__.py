"""The writes of access."""

from bailiwick.kernel.access.actions.grants import end_grant, give_grant, write_grant

__all__ = ["end_grant", "give_grant", "write_grant"]
