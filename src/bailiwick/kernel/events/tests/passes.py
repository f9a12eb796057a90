"""Handing everything on, for tests that wait for what follows from an event."""

import time
from collections import Counter

from django.db import connection

from bailiwick.kernel.events.dispatching import dispatch_all

PATIENCE = 60.0
"""Seconds in which whoever writes in this database ends."""


def dispatch_everything() -> Counter[str]:
    """Pass over everything once what was written before is final."""
    wait_for_horizon()
    return dispatch_all()


def wait_for_horizon() -> None:
    """Until whoever writes at this moment has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        [mine] = cursor.fetchone()
    deadline = time.monotonic() + PATIENCE
    while not _is_behind(mine):
        assert time.monotonic() < deadline, "somebody writes for too long"
        time.sleep(0.1)


def _is_behind(transaction_id: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_horizon() > %s::xid8", [transaction_id])
        return bool(cursor.fetchone()[0])
