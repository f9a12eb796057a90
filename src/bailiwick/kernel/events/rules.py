"""How long is waited after a failure."""

LONGEST_PAUSE = 300.0
"""Seconds after which a consumer that fails is asked again at the latest."""


def pause_of(tries: int) -> float:
    """Seconds until a consumer that failed so many times in a row is asked again."""
    return min(2.0 ** min(tries, 20), LONGEST_PAUSE)
