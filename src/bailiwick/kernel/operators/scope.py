"""Looking into one organisation: its rows and no others, and nothing can be written."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

from bailiwick.kernel.tenancy.scope import enter


@contextmanager
def looking_into(organization_id: UUID) -> Iterator[None]:
    """Run the block in the scope of an organisation; PostgreSQL itself refuses every write in it.

    A savepoint that was made read-only leaves the transaction around it as it was.
    """
    with enter(organization_id):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield
