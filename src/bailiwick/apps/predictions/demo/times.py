"""When what happened: two weeks up to now, people at work by day."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

OPENS, CLOSES = 7, 18


def key_at(moment: datetime) -> UUID:
    """A UUIDv7 of a moment (RFC 9562, section 5.7), so that what came later is listed later."""
    milliseconds = int(moment.timestamp() * 1000)
    noise = int.from_bytes(os.urandom(10))
    return UUID(int=milliseconds << 80 | 7 << 76 | (noise >> 68) << 64 | 2 << 62 | noise & (1 << 62) - 1)


@dataclass(frozen=True, slots=True)
class Clock:
    """Chooses moments before `now`."""

    random: Random
    now: datetime

    def ago(self, least: float, most: float) -> datetime:
        """Some hours ago."""
        return self.now - timedelta(hours=self.random.uniform(least, most))

    def after(self, moment: datetime, most: float, least: float = 0.1) -> datetime:
        """Some hours after a moment, when people work; always before now."""
        hours, minutes, share = (
            self.random.uniform(least, most),
            self.random.randrange(90),
            self.random.uniform(0.3, 0.7),
        )
        later = moment + timedelta(hours=hours)
        if not OPENS <= later.hour < CLOSES:
            day = later + timedelta(days=later.hour >= CLOSES)
            later = day.replace(hour=OPENS) + timedelta(minutes=minutes)
        return later if later < self.now - timedelta(minutes=5) else moment + (self.now - moment) * share

    def seconds(self, typical: float) -> int:
        """How long somebody reads before they decide."""
        return max(4, min(540, round(self.random.lognormvariate(0, 0.6) * typical)))
