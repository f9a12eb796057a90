"""Sealing in tests, and waiting until what was written is final."""

import time
from uuid import UUID

from django.db import connection

from bailiwick.kernel.audit.queries.blocks import list_unsealed
from bailiwick.kernel.audit.tasks import seal

DEADLINE = 120.0


def seal_everything(*organization_ids: UUID) -> None:
    """Seal until nothing of some organisations is left: what others still write in this database delays it."""
    ends = time.monotonic() + DEADLINE
    seal()
    while not list_unsealed().keys().isdisjoint(organization_ids):
        assert time.monotonic() < ends, "a transaction stays open"
        time.sleep(0.05)
        seal()


def wait_for_horizon() -> None:
    """Until nobody in this database writes who wrote when it was called."""
    ends = time.monotonic() + DEADLINE
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        [mine] = cursor.fetchone()
        is_over = False
        while not is_over:
            assert time.monotonic() < ends, "a transaction stays open"
            cursor.execute("SELECT audit_horizon() > %s::xid8", [mine])
            [is_over] = cursor.fetchone()
            time.sleep(0 if is_over else 0.1)
