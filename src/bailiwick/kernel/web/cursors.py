"""Paging by position: a page begins after a row, not at a number, so that new rows move nothing."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bailiwick.kernel.web.errors import InvalidAddress


@dataclass(frozen=True, slots=True)
class Position:
    """Rows after the key (before it when `is_backward`); `offset` counts the rows before that point."""

    is_backward: bool
    key: str
    offset: int

    def encode(self) -> str:
        return urlsafe_b64encode(json.dumps([int(self.is_backward), self.key, self.offset]).encode()).decode()


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows of one page, where they stand in the list, and the cursors to its neighbours ("" for none)."""

    rows: list[Any]
    first: int
    newer: str
    older: str

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def decode(cursor: str) -> Position | None:
    """Raises InvalidAddress for what no page of ours wrote."""
    if not cursor:
        return None
    try:
        is_backward, key, offset = json.loads(urlsafe_b64decode(cursor.encode()))
        return Position(bool(is_backward), str(key), max(0, int(offset)))
    except (ValueError, TypeError, binascii.Error) as error:
        raise _invalid() from error


def slice_rows(rows: QuerySet[Any], order: str, position: Position | None, size: int) -> Slice:
    """One page of `rows` ordered by `order`: the name of a unique field, with a minus for descending.

    A field that several rows may share is followed by the one that tells them apart: "due_at,id".
    """
    is_backward = position is not None and position.is_backward
    towards = turned(order) if is_backward else order
    if position is not None:
        rows = _after(rows, towards, position.key)
    found = list(rows.order_by(*names_of(towards))[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if is_backward:
        found.reverse()
    start = _start(position, found, has_more)
    return Slice(
        rows=found,
        first=start + 1,
        newer=_cursor(found[:1], order, True, start) if found and position and (has_more or not is_backward) else "",
        older=_cursor(found[-1:], order, False, start + len(found)) if found and (has_more or is_backward) else "",
    )


def follow(rows: QuerySet[Any], order: str, last: str | None, size: int, *, keys_only: bool = False) -> list[Any]:
    """The next rows of a list that is walked to its end: those after the one that stands at `last` (`place_of`).

    With `keys_only` they are light: they have `pk` and what they are ordered by, and nothing else.
    """
    if last is not None:
        rows = _after(rows, order, last)
    if keys_only:
        rows = rows.values_list(*dict.fromkeys(("pk", *fields_of(order))), named=True)
    return list(rows.order_by(*names_of(order))[:size])


def place_of(row: Any, order: str) -> str:
    """Where a row stands in an order, for who goes on after it."""
    values = [str(getattr(row, field)) for field in fields_of(order)]
    return values[0] if len(values) == 1 else json.dumps(values)


def fields_of(order: str) -> list[str]:
    return order.removeprefix("-").split(",")


def names_of(order: str) -> list[str]:
    """What Django orders by: all fields of an order go the same way."""
    return [f"-{field}" if order.startswith("-") else field for field in fields_of(order)]


def turned(order: str) -> str:
    """The same order the other way round."""
    return order.removeprefix("-") if order.startswith("-") else f"-{order}"


def _after(rows: QuerySet[Any], order: str, place: str) -> QuerySet[Any]:
    """The rows behind a place, in a form by which an index on the order's fields finds them."""
    fields, step = fields_of(order), "lt" if order.startswith("-") else "gt"
    if len(fields) == 1:
        return rows.filter(**{f"{fields[0]}__{step}": _value(rows, fields[0], place)})
    first, second = fields
    try:
        one, other = json.loads(place)
    except (ValueError, TypeError) as error:
        raise _invalid() from error
    edge, tie = _value(rows, first, one), _value(rows, second, other)
    return rows.filter(**{f"{first}__{step}e": edge}).filter(
        Q(**{f"{first}__{step}": edge}) | Q(**{f"{second}__{step}": tie})
    )


def _start(position: Position | None, found: list[Any], has_more: bool) -> int:
    if position is None:
        return 0
    if position.is_backward:
        return max(0, position.offset - len(found)) if has_more else 0
    return position.offset


def _cursor(edge: list[Any], order: str, is_backward: bool, offset: int) -> str:
    return Position(is_backward, place_of(edge[0], order), offset).encode()


def _value(rows: QuerySet[Any], field: str, text: str) -> Any:
    try:
        return rows.model._meta.get_field(field).to_python(str(text))
    except ValidationError as error:
        raise _invalid() from error


def _invalid() -> InvalidAddress:
    return InvalidAddress(_("This address does not belong to the list. Begin again without it."))
