"""Handing events on: what a consumer does with them and how far it has come are one transaction."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models.functions import Now
from django.utils.module_loading import import_string

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.events.models import Cursor
from bailiwick.kernel.events.queries import list_after
from bailiwick.kernel.events.rules import pause_of

MOST = 500
"""Events that a consumer is given at a time."""

Consumer = Callable[[list[Event]], None]


def hand_on(*, consumer: str) -> int:
    """In the organisation's scope: give a consumer the next events; how many. None while another dispatcher does."""
    cursor = Cursor.objects.select_for_update(skip_locked=True).filter(consumer=consumer).first()
    events = list_after(cursor, MOST) if cursor else []
    if not cursor or not events:
        return 0
    _load(consumer)(events)
    last = events[-1]
    cursor.epoch, cursor.transaction_id, cursor.event_id = last.epoch, last.transaction_id, last.id
    cursor.tries, cursor.error = 0, ""
    cursor.save(update_fields=["epoch", "transaction_id", "event_id", "tries", "error"])
    return len(events)


def note_failure(*, consumer: str, error: str) -> int:
    """In the organisation's scope: have a consumer that failed rest; how often it did in a row."""
    cursor = Cursor.objects.select_for_update().get(consumer=consumer)
    cursor.tries, cursor.error = cursor.tries + 1, error
    cursor.available_at = Now() + timedelta(seconds=pause_of(cursor.tries))
    cursor.save(update_fields=["tries", "error", "available_at"])
    return cursor.tries


def _load(consumer: str) -> Consumer:
    found: Consumer = import_string(consumer)
    return found
