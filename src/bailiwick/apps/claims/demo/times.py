"""When what happened, and keys that say so."""

import os
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

OPENS, CLOSES = 7, 18


def key_at(moment: datetime) -> UUID:
    """A UUIDv7 of a moment (RFC 9562, section 5.7), so that what came later is listed later."""
    milliseconds = int(moment.timestamp() * 1000)
    noise = int.from_bytes(os.urandom(10))
    return UUID(int=milliseconds << 80 | 7 << 76 | (noise >> 68) << 64 | 2 << 62 | noise & (1 << 62) - 1)


def at_work(random: Random, moment: datetime) -> datetime:
    """A moment of the same day, or of the next one that is worked on, when people are there."""
    day = moment + timedelta(days=(7 - moment.weekday()) % 7 if moment.weekday() > 4 else 0)
    return day.replace(hour=random.randrange(OPENS, CLOSES), minute=random.randrange(60), second=random.randrange(60))


def at_night(moment: datetime) -> datetime:
    """When the batch of the next night comes to a claim of a moment: each at its own minute, in the order they came."""
    night = (moment + timedelta(days=1)).replace(hour=2, minute=0, second=0, microsecond=0)
    of_day = (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(days=1)
    return night + timedelta(minutes=90 * of_day)


def spread(random: Random, count: int, since: datetime, until: datetime) -> list[datetime]:
    """That many moments at which people are at work, the earliest first; a little more of them each month."""
    span = (until - since).total_seconds()
    drawn = (since + timedelta(seconds=span * random.random() ** 0.85) for _ in range(count))
    return sorted(min(at_work(random, moment), until) for moment in drawn)
