"""Paging by position: a page begins after a row, not at a number, so that new rows move nothing."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
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
    """One page of `rows` ordered by `order`: the name of a unique field, with a minus for descending."""
    field, is_descending = order.removeprefix("-"), order.startswith("-")
    is_backward = position is not None and position.is_backward
    runs_down = is_descending != is_backward
    if position is not None:
        rows = rows.filter(**{f"{field}__{'lt' if runs_down else 'gt'}": _key(rows, field, position)})
    found = list(rows.order_by(f"{'-' if runs_down else ''}{field}")[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if is_backward:
        found.reverse()
    start = _start(position, found, has_more)
    return Slice(
        rows=found,
        first=start + 1,
        newer=_cursor(found[:1], field, True, start) if found and position and (has_more or not is_backward) else "",
        older=_cursor(found[-1:], field, False, start + len(found)) if found and (has_more or is_backward) else "",
    )


def follow(rows: QuerySet[Any], order: str, last: Any, size: int, *, keys_only: bool = False) -> list[Any]:
    """The next rows of a list that is walked to its end: those after the one whose ordering field is `last`.

    With `keys_only` they are light: they have `pk` and that field, and nothing else.
    """
    field, is_descending = order.removeprefix("-"), order.startswith("-")
    if last is not None:
        rows = rows.filter(**{f"{field}__{'lt' if is_descending else 'gt'}": last})
    if keys_only:
        rows = rows.values_list(*dict.fromkeys(("pk", field)), named=True)
    return list(rows.order_by(order)[:size])


def _start(position: Position | None, found: list[Any], has_more: bool) -> int:
    if position is None:
        return 0
    if position.is_backward:
        return max(0, position.offset - len(found)) if has_more else 0
    return position.offset


def _cursor(edge: list[Any], field: str, is_backward: bool, offset: int) -> str:
    return Position(is_backward, str(getattr(edge[0], field)), offset).encode()


def _key(rows: QuerySet[Any], field: str, position: Position) -> Any:
    try:
        return rows.model._meta.get_field(field).to_python(position.key)
    except ValidationError as error:
        raise _invalid() from error


def _invalid() -> InvalidAddress:
    return InvalidAddress(_("This address does not belong to the list. Begin again without it."))
