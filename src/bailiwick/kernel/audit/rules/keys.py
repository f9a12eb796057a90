"""Keys carry their time: a stretch of time is a stretch of keys (UUIDv7, RFC 9562, section 5.7)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
MOST_MILLISECONDS = (1 << 48) - 1


def first_key(moment: datetime) -> UUID:
    """The smallest key of a moment; of one before there were keys, the smallest of all."""
    passed = (moment - FIRST_MOMENT) // timedelta(milliseconds=1)
    return UUID(int=min(max(passed, 0), MOST_MILLISECONDS) << 80)


def moment_of(key: UUID) -> datetime:
    """When a key was made, to the millisecond."""
    return FIRST_MOMENT + timedelta(milliseconds=key.int >> 80)
