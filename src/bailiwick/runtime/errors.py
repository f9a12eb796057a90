"""What stops a start."""


class StartError(Exception):
    """Bailiwick cannot start; the message is one sentence that says what happened and what to do."""
