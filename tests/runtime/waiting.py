"""Waiting for what a machine with much to do brings in its own time."""

import time
from collections.abc import Callable

LONG = 60.0
"""Seconds."""


def until(condition: Callable[[], bool], seconds: float = LONG) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the deadline passed"
        time.sleep(0.02)
