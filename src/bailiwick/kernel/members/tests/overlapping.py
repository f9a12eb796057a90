"""Two transactions that overlap for certain: the first ends only when the second is through, or waits for it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

from django.db import connection, connections, transaction

from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.members.tests.teams import Team

Task = Callable[[], Any]
WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
PATIENCE = 30
"""Seconds, after which a test fails that hangs."""


def overlap(team: Team, first: Task, second: Task) -> list[str]:
    """What came of each: "done", or the code of the refusal. Anything else fails the test."""
    is_begun, is_through = Event(), Event()

    def run(task: Task, before: Task, after: Task) -> str:
        before()
        try:
            with team.inside(), transaction.atomic():
                try:
                    task()
                finally:
                    after()
        except DomainError as refusal:
            return refusal.code
        finally:
            is_through.set()
            connections.close_all()
        return "done"

    def hold() -> None:
        is_begun.set()
        ends = time.monotonic() + PATIENCE
        while not is_through.is_set() and not somebody_waits():
            assert time.monotonic() < ends, "the second neither waits nor comes through"
            time.sleep(0.02)

    with ThreadPoolExecutor(2) as pool:
        ahead = pool.submit(run, first, lambda: None, hold)
        behind = pool.submit(run, second, lambda: is_begun.wait(PATIENCE), lambda: None)
        return [ahead.result(), behind.result()]


def somebody_waits() -> bool:
    """Whether another connection waits for a lock of this one."""
    if connection.needs_rollback:
        return True
    with connection.cursor() as cursor:
        cursor.execute(WAITS)
        return bool(cursor.fetchone()[0])
