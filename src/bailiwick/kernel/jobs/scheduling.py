"""The scheduler: tells workers what they were not told, and makes what comes round by the clock.

Everything it does may be done twice: any number of schedulers may run at one time.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import structlog
from django.db import DatabaseError, InterfaceError, connection

from bailiwick.kernel.base.manifest import JobKind, registry
from bailiwick.kernel.jobs.actions import schedule_job
from bailiwick.kernel.jobs.gateways import wake
from bailiwick.kernel.jobs.metrics import note_due
from bailiwick.kernel.jobs.queries import list_due
from bailiwick.kernel.jobs.rules import slot_start
from bailiwick.kernel.tenancy.queries import get_installation_id, list_active_ids
from bailiwick.kernel.tenancy.scope import enter

PERIOD = 1.0
logger = structlog.get_logger(__name__)


class Scheduler:
    """Remembers which rounds it has made, to ask for each once; what another makes meanwhile is not made again."""

    def __init__(self) -> None:
        self._made: dict[str, int] = {}

    def run(self, is_stopped: Callable[[float], bool]) -> None:
        """Tick until `is_stopped(seconds)`, which waits that long, says so. A database that is away is waited for."""
        while not is_stopped(PERIOD):
            try:
                self.tick(time.time())
            except (DatabaseError, InterfaceError):
                logger.warning("scheduler_waits", exc_info=True)
                with suppress(DatabaseError, InterfaceError):
                    connection.close()

    def tick(self, moment: float) -> None:
        """One look at everything; `moment` in seconds since 1970."""
        for kind in registry().jobs.values():
            if kind.every:
                self._make_round(kind, moment)
        tell_workers()

    def _make_round(self, kind: JobKind, moment: float) -> None:
        slot = slot_start(moment, kind.every)
        if self._made.get(kind.code) == slot:
            return
        for organization_id in _places(kind):
            with enter(organization_id):
                schedule_job(kind, moment)
        self._made[kind.code] = slot


def tell_workers() -> None:
    """Wake workers for every organisation in which a job could run: not yet told, told in vain, or left by the dead."""
    due = list_due()
    note_due(sum(due.values()))
    for organization_id in due:
        wake(organization_id)


def _places(kind: JobKind) -> list[UUID]:
    return [get_installation_id()] if kind.is_for_installation else list_active_ids()
