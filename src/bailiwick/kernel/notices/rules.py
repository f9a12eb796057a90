"""When an alert is raised: which events it means, and how they are counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

from bailiwick.kernel.notices.choices import Per

OWN = "notices."


class Happening(Protocol):
    """What an alert reads of an event."""

    verb: str
    at: datetime
    member_id: UUID | None
    subject_id: UUID
    address: str | None
    data: Any


@dataclass(frozen=True, slots=True)
class Count:
    """The events of one group within the window, and until when no more are counted because they were told."""

    times: tuple[datetime, ...] = ()
    muted_until: datetime | None = None


def is_own(event: Happening) -> bool:
    """Whether alerts caused it themselves: they never look at that, lest one raise the next."""
    return event.verb.startswith(OWN) or str(event.data.get("kind", "")).startswith(OWN)


def is_met(condition: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Whether an event's data has what is asked: one of several values, or a number at least so high."""
    return all(_is_as_asked(wanted, data.get(name)) for name, wanted in condition.items())


def _is_as_asked(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, list):
        return value in wanted
    return isinstance(value, int | float) and value >= wanted


def group_of(per: str, event: Happening) -> str:
    """Which events are counted together; addresses are not kept, only told apart."""
    if per == Per.MEMBER:
        return str(event.member_id or "")
    if per == Per.SUBJECT:
        return str(event.subject_id)
    if per == Per.ADDRESS:
        return sha256((event.address or "").encode()).hexdigest()
    return ""


def add(count: Count, at: datetime, most: int, window: timedelta) -> tuple[Count, int]:
    """The count with one event more, and how many events raise the alert: 0 where they do not."""
    if count.muted_until and at < count.muted_until:
        return count, 0
    times = (*(each for each in count.times if each > at - window), at)
    return (Count(times), 0) if len(times) < most else (Count(muted_until=at + window), len(times))
