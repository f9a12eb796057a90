"""What the house does with files by itself."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.files.actions import delete_orphans, remove_expired
from bailiwick.kernel.identity.choices import Credential

AT_ONCE = 500
ORPHAN_AFTER = timedelta(days=1)
"""By then the transaction that stored the content is long over."""


class Run(Protocol):
    """What is needed of a job's try; jobs stand above files."""

    organization_id: UUID
    done: int

    def step(self) -> AbstractContextManager[Any]: ...


def purge(run: Run) -> dict[str, int]:
    """Remove the organisation's files past their time, and content that belongs to none."""
    house = ActorRef(run.organization_id, None, Credential.SYSTEM)
    removed = 0
    while True:
        with run.step():
            count = remove_expired(house, AT_ONCE)
            removed += count
            run.done += count
        if count < AT_ONCE:
            break
    with run.step():
        orphans = delete_orphans(run.organization_id, ORPHAN_AFTER)
    return {"removed": removed, "orphans": orphans}
