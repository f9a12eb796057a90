from hypothesis import given
from hypothesis import strategies as st

from bailiwick.kernel.jobs.rules import FIRST_PAUSE, LONGEST_PAUSE, pause_after, slot_start


def test_a_pause_grows_with_each_try_up_to_a_limit() -> None:
    assert [pause_after(attempt, 1.0) for attempt in (1, 2, 3)] == [4.0, 8.0, 16.0]
    assert pause_after(60, 1.0) == LONGEST_PAUSE


@given(st.integers(1, 1000), st.floats(0, 1, exclude_max=True))
def test_a_pause_lies_anywhere_between_nothing_and_its_bound(attempt: int, chance: float) -> None:
    assert 0 <= pause_after(attempt, chance) <= min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempt, 32))


@given(st.floats(0, 4e9), st.integers(1, 90_000))
def test_every_moment_lies_in_one_round(moment: float, every: int) -> None:
    start = slot_start(moment, every)
    assert start % every == 0
    assert start <= moment < start + every
