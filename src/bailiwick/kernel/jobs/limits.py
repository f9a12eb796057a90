"""How long a try may take."""

import faulthandler
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bailiwick.kernel.jobs.errors import TookTooLong

AGAIN = 1.0
GRACE = 10.0


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in the block after `seconds`, and again each second.

    Signals reach the main thread alone, in which workers run; elsewhere nothing is limited.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


@contextmanager
def watched(seconds: float) -> Iterator[None]:
    """End the process GRACE seconds after `seconds`: what hangs outside Python hears no signal."""
    faulthandler.dump_traceback_later(seconds + GRACE, exit=True, file=sys.__stderr__ or sys.stderr)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _ring(number: int, frame: object) -> None:
    raise TookTooLong
