"""Which events an alert means, and when their number raises it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bailiwick.kernel.notices.choices import Per
from bailiwick.kernel.notices.rules import Count, add, group_of, is_met, is_own

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
WINDOW = timedelta(minutes=10)


@dataclass
class Happened:
    verb: str = "access.grant.given"
    at: datetime = NOON
    member_id: UUID | None = None
    subject_id: UUID = field(default_factory=uuid4)
    address: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("condition", "data", "is_meant"),
    [
        ({}, {}, True),
        ({"role": ["reader"]}, {"role": "reader"}, True),
        ({"role": ["reader"]}, {"role": "reviewer"}, False),
        ({"role": ["reader"]}, {}, False),
        ({"waits": [None]}, {"role": "reader"}, True),
        ({"waits": [None]}, {"waits": True}, False),
        ({"rows": 100}, {"rows": 100}, True),
        ({"rows": 100}, {"rows": 99}, False),
        ({"rows": 100}, {"rows": "many"}, False),
        ({"rows": 100}, {}, False),
        ({"rows": 100, "role": ["reader"]}, {"rows": 100}, False),
    ],
)
def test_a_condition_asks_for_one_of_several_values_or_for_a_number(
    condition: dict[str, Any], data: dict[str, Any], is_meant: bool
) -> None:
    assert is_met(condition, data) is is_meant


def minutes(most: int, *after: int, window: timedelta = WINDOW) -> list[int]:
    """Which of some events, by minutes after noon, raise an alert."""
    count, raised = Count(), []
    for number in after:
        count, found = add(count, NOON + timedelta(minutes=number), most, window)
        raised += [number] if found else []
    return raised


def test_so_many_events_within_the_window_raise() -> None:
    assert minutes(3, 0, 1, 2) == [2]
    assert minutes(3, 0, 9, 10) == [], "the first is out of the window"
    assert minutes(3, 0, 9, 10, 11) == [11]


def test_while_the_window_lasts_it_is_told_once() -> None:
    assert minutes(2, 0, 1, 2, 3, 4, 10) == [1]
    assert minutes(2, 0, 1, 11, 12) == [1, 12]
    assert minutes(1, 0, 5, 10) == [0, 10]


def test_without_a_window_every_event_raises() -> None:
    assert minutes(1, 0, 0, 1, window=timedelta(0)) == [0, 0, 1]


def test_groups_are_told_apart_and_keep_no_address() -> None:
    event = Happened(member_id=uuid4(), address="192.0.2.1")
    groups = {group_of(per, event) for per in Per}
    assert len(groups) == len(Per)
    assert not any("192.0.2.1" in group for group in groups)
    assert group_of(Per.ADDRESS, event) == group_of(Per.ADDRESS, Happened(address="192.0.2.1"))


def test_what_alerts_cause_is_no_reason_for_another() -> None:
    assert is_own(Happened("notices.alert.raised"))
    assert is_own(Happened("jobs.job.submitted", data={"kind": "notices.mail"}))
    assert not is_own(Happened("jobs.job.submitted", data={"kind": "web.export"}))
