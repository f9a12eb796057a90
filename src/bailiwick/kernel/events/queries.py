"""Reading what is to be handed on."""

from uuid import UUID

from django.db import connection

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.events.models import Cursor

# The horizon: what was written before the oldest transaction that is still open is all there, and all to be seen.
AFTER = """
SELECT e.* FROM audit_event e
 WHERE e.organization_id = %(organization)s
   AND (e.epoch, e.transaction_id, e.id) > (%(epoch)s::smallint, %(transaction)s::xid8, %(event)s)
   AND (e.epoch, e.transaction_id) < (app_epoch(), pg_snapshot_xmin(pg_current_snapshot()))
 ORDER BY e.epoch, e.transaction_id, e.id LIMIT %(most)s
"""


def list_pending() -> list[tuple[UUID, str]]:
    """Organisations and the consumers that have events before them there; a read that crosses organisations."""
    consumers = registry().consumers
    with connection.cursor() as cursor:
        cursor.execute("SELECT events_register(%s)", [consumers])
        cursor.execute("SELECT organization_id, consumer FROM events_pending(%s)", [consumers])
        return list(cursor.fetchall())


def list_after(cursor: Cursor, most: int) -> list[Event]:
    """The next events that are final, in the order of writing."""
    values = {
        "organization": cursor.organization_id,
        "epoch": cursor.epoch,
        "transaction": cursor.transaction_id,
        "event": cursor.event_id,
        "most": most,
    }
    return list(Event.objects.raw(AFTER, values))
