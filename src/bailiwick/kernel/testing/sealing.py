"""Sealing in tests."""

import time
from uuid import UUID

from bailiwick.kernel.audit.queries.blocks import list_unsealed
from bailiwick.kernel.audit.tasks import seal

DEADLINE = 120.0


def seal_everything(*organization_ids: UUID) -> None:
    """Seal until nothing of some organisations is left: what others still write on the same server delays it."""
    ends = time.monotonic() + DEADLINE
    seal()
    while not list_unsealed().keys().isdisjoint(organization_ids):
        assert time.monotonic() < ends, "a transaction on this server stays open"
        time.sleep(0.05)
        seal()
