"""Conditions of query sets that Django has no word for."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import F, Lookup


class _Among(Lookup):
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::uuid[])", [*parameters, self.rhs]


def among(column: str, keys: Collection[UUID]) -> "Lookup[Any]":
    """`column__in` for thousands of keys: one parameter, where Django writes one, checks one and plans one for each."""
    return _Among(F(column), list(keys))
