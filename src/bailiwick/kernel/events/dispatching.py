"""The dispatcher: hands events on to whoever consumes them, each consumer behind a cursor of its own.

Any number of dispatchers may run at one time: a cursor that one holds is passed over by the others.
"""

import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import structlog
from django.db import DatabaseError, InterfaceError, connection

from bailiwick.kernel.events.actions.cursors import MOST, hand_on, note_failure
from bailiwick.kernel.events.queries import list_pending
from bailiwick.kernel.tenancy.scope import enter

PERIOD = 1.0
ROUNDS = 20
"""Batches that one consumer is given in a row before the others have their turn."""
logger = structlog.get_logger(__name__)


def run(is_stopped: Callable[[float], bool], told: Callable[[], object] = lambda: None) -> None:
    """Tick until `is_stopped(seconds)`, which waits that long, says so; `told` is called when events were handed on.

    A database that is away is waited for.
    """
    while not is_stopped(PERIOD):
        try:
            if dispatch_all():
                told()
        except (DatabaseError, InterfaceError):
            logger.warning("dispatcher_waits", exc_info=True)
            with suppress(DatabaseError, InterfaceError):
                connection.close()


def dispatch_all() -> Counter[str]:
    """One pass over every organisation and consumer; how many events each consumer was given."""
    counts: Counter[str] = Counter()
    for organization_id, consumer in list_pending():
        if handed := _dispatch(organization_id, consumer):
            counts[consumer] += handed
    return counts


def _dispatch(organization_id: UUID, consumer: str) -> int:
    total = 0
    for _round in range(ROUNDS):
        try:
            with enter(organization_id):
                handed = hand_on(consumer=consumer)
        except Exception:  # noqa: BLE001  whatever a consumer raises must not keep the others from their events
            _rest(organization_id, consumer)
            return total
        total += handed
        if handed < MOST:
            break
    return total


def _rest(organization_id: UUID, consumer: str) -> None:
    """A connection that is gone raises here again, and is waited for."""
    logger.warning("consumer_failed", consumer=consumer, organization=str(organization_id), exc_info=True)
    with enter(organization_id):
        note_failure(consumer=consumer, error=traceback.format_exc(limit=-5))
