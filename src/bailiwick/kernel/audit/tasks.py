"""Upkeep of the history."""

from uuid import UUID

import structlog
from django.db import DatabaseError, OperationalError, connection
from psycopg.errors import LockNotAvailable

from bailiwick.kernel.audit.actions import seal_rows
from bailiwick.kernel.audit.actions.anchors import keep_in_file
from bailiwick.kernel.audit.actions.retention import RETAINED, remove_old
from bailiwick.kernel.audit.queries.blocks import list_unsealed
from bailiwick.kernel.tenancy.scope import enter

logger = structlog.get_logger(__name__)


def create_partitions(run: object = None) -> None:
    """Make next months' partitions ahead of time; a default partition takes what comes without one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_create_partitions(3)")


def seal(run: object = None) -> None:
    """Seal what is final in every organisation; one that cannot be sealed does not keep the others."""
    failures = []
    for organization_id in list_unsealed():
        try:
            _seal(organization_id)
        except DatabaseError as failure:
            logger.warning("sealing_failed", organization=str(organization_id), exc_info=True)
            failures.append(failure)
    if failures:
        raise failures[0]


def _seal(organization_id: UUID) -> None:
    """A few blocks a transaction, until nothing is left; then the newest goes to the file of seals."""
    is_more = True
    while is_more:
        with enter(organization_id):
            is_more = seal_rows()
    keep_in_file(organization_id)


def remove_old_rows(run: object = None) -> None:
    """Remove whatever is over, step by step; a table that others have in use waits for the next day."""
    for table in RETAINED:
        try:
            while remove_old(table) is not None:
                pass
        except OperationalError as failure:
            if not isinstance(failure.__cause__, LockNotAvailable):
                raise
            logger.warning("removal_put_off", table=table)
