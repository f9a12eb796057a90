"""Reading seals, and what stands behind them."""

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from bailiwick.kernel.audit.models import Block


def list_blocks() -> QuerySet[Block]:
    """The seals of the organisation in scope in their order, without their entries."""
    return Block.objects.defer("entries").order_by("number")


def get_newest_block() -> Block | None:
    return list_blocks().last()


def list_unsealed() -> dict[UUID, datetime]:
    """Which organisations have rows that no seal holds, and since when; those that wait longest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organization_id, since FROM audit_unsealed()")
        return dict(cursor.fetchall())


def get_horizon() -> str:
    """The transaction (xid8) before which everything is written, and to be seen from the next statement on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_horizon()::text")
        return str(cursor.fetchone()[0])
