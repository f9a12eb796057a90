"""Pages by position and not by number: the thousandth costs what the first does, and nothing is counted."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import orjson
from django.core.exceptions import FieldDoesNotExist
from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.utils.urls import replace_query_param

from bailiwick.kernel.api.errors import InvalidCursor, InvalidQuery
from bailiwick.kernel.api.filters import describe_filters

BY_NEWEST = "-id"
MAX_PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class Position:
    """A place beside one row of a list: `value` is the row's ordering column as JSON has it, `id` breaks ties."""

    id: UUID
    value: Any = None
    is_backwards: bool = False


Fetch = Callable[[str, Position | None, int], list[Any]]
"""(ordering, position, limit) -> rows beyond the position; nearest first, so in reverse when it looks backwards."""


def slice_rows(rows: QuerySet[Any], ordering: str, position: Position | None, limit: int) -> list[Any]:
    """At most `limit` rows beyond `position`, by one index range; `.values()` has to contain the column and the id."""
    column = ordering.lstrip("-")
    is_down = ordering.startswith("-") != bool(position and position.is_backwards)
    sign = "-" if is_down else ""
    ordered = rows.order_by(*(f"{sign}{name}" for name in dict.fromkeys((column, "id"))))
    if position is not None:
        ordered = ordered.filter(_beyond(rows, column, position, is_down))
    return list(ordered[:limit])


def _beyond(rows: QuerySet[Any], column: str, position: Position, is_down: bool) -> Any:
    lookup = TupleLessThan if is_down else TupleGreaterThan
    if column == "id":
        return lookup(Tuple(F("id")), (position.id,))
    try:
        value = rows.model._meta.get_field(column).to_python(position.value)
    except (InvalidValue, FieldDoesNotExist) as error:
        raise InvalidCursor from error
    return lookup(Tuple(F(column), F("id")), (value, position.id))


def encode_cursor(ordering: str, position: Position) -> str:
    """A position as opaque text; whoever alters it moves within rows that they may see anyway."""
    plain = orjson.dumps([ordering, position.is_backwards, position.value, position.id], default=str)
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def decode_cursor(text: str, ordering: str) -> Position:
    """Raises InvalidCursor for what no list with this ordering has given out."""
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        given, is_backwards, value, row_id = orjson.loads(plain)
        position = Position(UUID(row_id), value, is_backwards is True)
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidCursor from error
    if given != ordering or isinstance(value, dict | list) or (isinstance(value, str) and "\x00" in value):
        raise InvalidCursor
    return position


class CursorPagination(BasePagination):
    """`{next, previous, results}`; `page_size` up to 200, `ordering` among those that the list declares."""

    parameters: ClassVar[frozenset[str]] = frozenset({"cursor", "page_size", "ordering"})
    size_parameter: ClassVar[str] = "page_size"
    default_size: ClassVar[int] = api_settings.PAGE_SIZE or 50

    def page_of(self, view: Any) -> list[Any]:
        """One page of the list that an endpoint is."""
        return self.page(view.request, view.fetch, view.orderings)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        orderings = getattr(view, "orderings", (BY_NEWEST,))
        return self.page(request, lambda *place: slice_rows(queryset, *place), orderings)

    def page(self, request: Request, fetch: Fetch, orderings: tuple[str, ...] = (BY_NEWEST,)) -> list[Any]:
        """One page of rows from `fetch`; the first of `orderings` is the default."""
        self.request, self.ordering = request, _ordering(request, orderings)
        size = self._page_size(request)
        cursor = request.query_params.get("cursor")
        position = decode_cursor(cursor, self.ordering) if cursor else None
        rows = fetch(self.ordering, position, size + 1)
        is_more, rows = len(rows) > size, rows[:size]
        is_backwards = bool(position and position.is_backwards)
        if is_backwards:
            rows.reverse()
        self.next = self._link(rows[-1], False) if rows and (is_more or is_backwards) else None
        self.previous = self._link(rows[0], True) if rows and (is_more if is_backwards else position) else None
        return rows

    def envelope(self, results: list[Any]) -> dict[str, Any]:
        return {"next": self.next, "previous": self.previous, "results": results}

    def get_paginated_response(self, data: Any) -> Response:
        return Response(self.envelope(data))

    def _page_size(self, request: Request) -> int:
        text = request.query_params.get(self.size_parameter) or str(self.default_size)
        if not (_is_number(text, 3) and 1 <= int(text) <= MAX_PAGE_SIZE):
            sentence = _("Give a number from 1 to {most}.").format(most=MAX_PAGE_SIZE)
            raise InvalidQuery(errors={self.size_parameter: [sentence]})
        return int(text)

    def _link(self, row: Any, is_backwards: bool) -> str:
        column = self.ordering.lstrip("-")
        row_id, value = (row["id"], row[column]) if isinstance(row, dict) else (row.id, getattr(row, column))
        position = Position(row_id, None if column == "id" else value, is_backwards)
        return replace_query_param(self.request.build_absolute_uri(), "cursor", encode_cursor(self.ordering, position))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        orderings = list(getattr(view, "orderings", (BY_NEWEST,)))
        size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": self.default_size}
        return [
            {"name": "cursor", "in": "query", "schema": {"type": "string"}},
            {"name": self.size_parameter, "in": "query", "schema": size},
            {"name": "ordering", "in": "query", "schema": {"type": "string", "enum": orderings}},
            *describe_filters(getattr(view, "filterset_class", None)),
        ]


class OffsetPagination(CursorPagination):
    """`{count, next, previous, results}` by `limit` and `offset`, for lists that are published so.

    With `cursor`, empty for the first page, it is a list like all others: what an offset costs grows with it.
    """

    parameters: ClassVar[frozenset[str]] = frozenset({"limit", "offset", "cursor", "ordering"})
    size_parameter: ClassVar[str] = "limit"
    default_size: ClassVar[int] = 100

    def page_of(self, view: Any) -> list[Any]:
        request = view.request
        if "cursor" not in request.query_params:
            return self.page_at(request, view.narrowed(), view.orderings)
        if "offset" in request.query_params:
            raise InvalidQuery(errors={"offset": [_("Give a cursor or an offset, not both.")]})
        return super().page_of(view)

    def page_at(self, request: Request, rows: QuerySet[Any], orderings: tuple[str, ...]) -> list[Any]:
        """One page of rows by its place; the first of `orderings` is the default."""
        self.request, self.ordering = request, _ordering(request, orderings)
        size, start = self._page_size(request), _offset(request)
        self.count: int = rows.count()
        sign = "-" if self.ordering.startswith("-") else ""
        names = dict.fromkeys((self.ordering.lstrip("-"), "id"))
        self.next = self._place(start + size) if start + size < self.count else None
        self.previous = self._place(max(start - size, 0)) if start else None
        return list(rows.order_by(*(f"{sign}{name}" for name in names))[start : start + size])

    def envelope(self, results: list[Any]) -> dict[str, Any]:
        counted = {"count": self.count} if hasattr(self, "count") else {}
        return counted | super().envelope(results)

    def _place(self, start: int) -> str:
        return replace_query_param(self.request.build_absolute_uri(), "offset", start)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        count = {"type": "integer", "description": "Of all rows; left out with a cursor."}
        return described | {"properties": {"count": count} | described["properties"]}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        offset = {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0}}
        return [offset, *super().get_schema_operation_parameters(view)]


def _ordering(request: Request, allowed: tuple[str, ...]) -> str:
    ordering = request.query_params.get("ordering") or allowed[0]
    if ordering not in allowed:
        raise InvalidQuery(errors={"ordering": [_("Choose one of: {choices}.").format(choices=", ".join(allowed))]})
    return ordering


def _offset(request: Request) -> int:
    text = request.query_params.get("offset") or "0"
    if not _is_number(text, 9):
        raise InvalidQuery(errors={"offset": [_("Give a number from 0 on.")]})
    return int(text)


def _is_number(text: str, digits: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= digits
