"""Statements that read many rows at once, without making a model of each."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from bailiwick.kernel.tenancy.scope import require_scope


def fetch(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, which knows the organisation in scope as %(organization)s."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "organization": require_scope().organization_id})
        return list(cursor.fetchall())
