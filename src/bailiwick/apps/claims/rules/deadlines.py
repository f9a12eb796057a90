"""Days by which something has to have happened."""

from datetime import date, datetime, timedelta

YEAR = 365


def file_until(service: date, days: int) -> date:
    """The last day to file a claim: the day of service is not counted, and 365 days are a calendar year.

    42 CFR 424.44(a); Medicare Claims Processing Manual, chapter 1, section 70.1: what was done on 29 February is filed
    by 28 February of the next year.
    """
    years, rest = divmod(days, YEAR)
    if rest:
        return service + timedelta(days=days)
    day = 28 if (service.month, service.day) == (2, 29) else service.day
    return service.replace(year=service.year + years, day=day)


def due_at(started_at: datetime, days: int) -> datetime:
    """When a clock of calendar days ends; the day it starts is not counted (42 CFR 422.520(a), 447.45(d)(5))."""
    return started_at + timedelta(days=days)


def resume_at(due: datetime, paused_at: datetime, resumed_at: datetime) -> datetime:
    """When a clock that stood still is due: later by as long as it stood (29 CFR 2560.503-1(i)(4)), never earlier."""
    return due + max(timedelta(), resumed_at - paused_at)


def days_late(due: datetime, done_at: datetime) -> int:
    """Calendar days from the day after something was due up to the day it was done; 0 where it was in time."""
    return max(0, (done_at.date() - due.date()).days)
