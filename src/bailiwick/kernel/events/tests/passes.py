"""Handing everything on, for tests that wait for what follows from an event."""

from collections import Counter

from bailiwick.kernel.events.dispatching import dispatch_all
from bailiwick.kernel.testing.sealing import wait_for_horizon


def dispatch_everything() -> Counter[str]:
    """Pass over everything once what was written before is final."""
    wait_for_horizon()
    return dispatch_all()
