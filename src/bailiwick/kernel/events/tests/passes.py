"""Handing everything on, for tests that wait for what follows from an event."""

import time
from collections import Counter

from django.db import connection

from bailiwick.kernel.events.dispatching import dispatch_all


def dispatch_everything() -> Counter[str]:
    """Pass over everything until what was written before is handed on: neighbours on the server hold it back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        [mine] = cursor.fetchone()
    counts: Counter[str] = Counter()
    deadline, is_final = time.monotonic() + 600, False
    while not is_final:
        assert time.monotonic() < deadline, "somebody writes for too long"
        is_final = _is_behind(mine)
        counts += dispatch_all()
        time.sleep(0 if is_final else 0.1)
    return counts


def _is_behind(transaction_id: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::xid8", [transaction_id])
        return bool(cursor.fetchone()[0])
