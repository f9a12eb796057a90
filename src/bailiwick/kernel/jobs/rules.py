"""How long a failed try rests, and when a schedule comes round."""

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 600.0


def pause_after(attempt: int, chance: float) -> float:
    """Seconds until the next try: exponential back-off with full jitter, `chance` being evenly from 0 to 1.

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    return chance * min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempt, 32))


def slot_start(moment: float, every: int) -> int:
    """When the present round of a schedule began; both in seconds since 1970, `every` in seconds."""
    return int(moment // every) * every
