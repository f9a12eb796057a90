"""What goes wrong when something is recorded: mistakes of ours."""


class UnknownVerb(LookupError):
    """An event was recorded with a verb that no manifest declares."""
