"""From which month on a trail is kept: whole months of it go, and none before all of it is older than the period."""

from datetime import UTC, datetime, timedelta

WAIT = timedelta(days=30)
"""How long a period that was set or made shorter, and a hold that was lifted, go on keeping everything.

Whoever gets hold of the right empties nothing before others had time to see it.
"""


def kept_from(months: int, moment: datetime) -> datetime:
    """The first moment of the first month that is kept (UTC)."""
    day = moment.astimezone(UTC)
    passed = day.year * 12 + day.month - 1 - months
    return datetime(passed // 12, passed % 12 + 1, 1, tzinfo=UTC)
