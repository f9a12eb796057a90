"""Searching the trail: each search is walked by an index in the order of the list, and none looks at all there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from bailiwick.kernel.audit.manifest import READ
from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.audit.rules.keys import first_key
from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.tenancy.scope import require_scope

LOOKED_AT = 10_000
"""Rows that one search looks at where no index serves it alone."""
LEAST_LOOKED_AT = 200
"""Of each value, where several are searched for."""
MOST_TOGETHER = 100
"""Rows of one request that are shown at once."""

LOWEST, HIGHEST = UUID(int=0), UUID(int=(1 << 128) - 1)
NEAREST = """
SELECT edge.id FROM unnest(%(values)s::{type}[]) AS given (value) CROSS JOIN LATERAL (
       SELECT id FROM {table} WHERE organization_id = %(organization)s AND {column} = given.value
          AND id >= %(first)s AND id < %(last)s ORDER BY id {way} OFFSET %(skipped)s LIMIT 1) edge
 ORDER BY edge.id {way} LIMIT 1
"""

Row = TypeVar("Row", Event, Change)


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for. `keyed` are columns with an index of their own, and their values; `rest` has none."""

    keyed: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None

    @property
    def bounds(self) -> tuple[UUID, UUID]:
        """The stretch of keys in which it looks: from the first on, and before the second."""
        first = first_key(self.since) if self.since else LOWEST
        last = first_key(self.until) if self.until else HIGHEST
        return first, min(last, self.before) if self.before else last

    @property
    def is_walked(self) -> bool:
        """Whether one index has its rows, and no others, in the order of the list."""
        return not self.rest and len(self.keyed) <= 1 and all(len(values) == 1 for values in self.keyed.values())


def search_of(*, keyed: Mapping[str, Any], rest: Mapping[str, Any], app: str = "", **bounds: Any) -> Search:
    """A search without what nobody asked for; an app is asked for by its verbs."""
    wanted = {column: [value] for column, value in keyed.items() if value not in (None, "")}
    if app:
        verbs = [code for code in registry().verbs if code.startswith(f"{app}.")]
        wanted["verb"] = [code for code in verbs if code in wanted.get("verb", verbs)]
    return Search(wanted, {column: value for column, value in rest.items() if value not in (None, "")}, **bounds)


def list_trail(actor: Authority) -> QuerySet[Event]:
    """Everything that happened; needs `audit.read`."""
    actor.require(READ)
    return Event.objects.all()


def list_row_changes(actor: Authority) -> QuerySet[Change]:
    """Everything that changed; needs `audit.read`."""
    actor.require(READ)
    return Change.objects.all()


def find_all(rows: QuerySet[Row], search: Search) -> QuerySet[Row]:
    """All rows that a search finds, however far back it has to go: for whoever walks them to the end."""
    for column, values in search.keyed.items():
        rows = rows.filter(**({column: values[0]} if len(values) == 1 else {f"{column}__in": values}))
    return rows.filter(**_between(search.bounds), **search.rest)


def edge_of(rows: QuerySet[Row], search: Search, *, is_down: bool = True, beyond: UUID | None = None) -> UUID | None:
    """The key up to which a search looks; None where it sees everything.

    Of the columns with an index the rarest reaches furthest: its LOOKED_AT rows, seen from `beyond` in the direction
    of the walk, are the bound.
    """
    if search.is_walked:
        return None
    first, last = search.bounds
    if beyond is not None:
        first, last = (first, min(last, beyond)) if is_down else (max(first, beyond), last)
    edges = [_nearest(rows.model, each, (first, last), is_down) for each in search.keyed.items()]
    edges = edges or [_nth(rows.filter(**_between((first, last))), is_down)]
    if None in edges:
        return None
    reached = [edge for edge in edges if edge]
    return min(reached) if is_down else max(reached)


def _between(bounds: tuple[UUID, UUID]) -> dict[str, UUID]:
    """The conditions on keys that say something: where a walk begins, no row is."""
    first, last = bounds
    return ({"id__gte": first} if first > LOWEST else {}) | ({"id__lt": last} if last < HIGHEST else {})


def _nth(rows: QuerySet[Row], is_down: bool) -> UUID | None:
    ordered = rows.order_by("-id" if is_down else "id").values_list("id", flat=True)
    return ordered[LOOKED_AT - 1 : LOOKED_AT].first()


def _nearest(
    model: type[Row], searched: tuple[str, Sequence[Any]], bounds: tuple[UUID, UUID], is_down: bool
) -> UUID | None:
    """The nearest of the keys up to which the rows of each value may be looked at."""
    column, values = searched
    each = max(LEAST_LOOKED_AT, LOOKED_AT // max(len(values), 1))
    given: dict[str, Any] = {"values": values, "organization": require_scope().organization_id, "skipped": each - 1}
    # Put together from names of ours: what somebody asked for comes as parameters.
    kind = "uuid" if values and isinstance(values[0], UUID) else "text"
    way = "DESC" if is_down else "ASC"
    sql = NEAREST.format(table=model._meta.db_table, column=column, type=kind, way=way)
    with connection.cursor() as cursor:
        cursor.execute(sql, given | {"first": bounds[0], "last": bounds[1]})
        found = cursor.fetchone()
    return found[0] if found else None


def within(rows: QuerySet[Row], edge: UUID | None, *, is_down: bool = True) -> QuerySet[Row]:
    """The rows up to the edge, which is among them."""
    return rows if edge is None else rows.filter(**{"id__gte" if is_down else "id__lte": edge})


def get_event(actor: Authority, event_id: UUID) -> Event:
    """One event; raises Forbidden, NotFound."""
    found = list_trail(actor).filter(id=event_id).first()
    if found is None:
        raise NotFound
    return found


def list_changes_with(actor: Authority, event: Event) -> list[Change]:
    """What changed in an event's request, oldest first; at most 100. Without a request nothing belongs to it."""
    return _together(list_row_changes(actor), event)


def list_events_with(actor: Authority, event: Event) -> list[Event]:
    """What else happened in an event's request, oldest first; at most 100."""
    return _together(list_trail(actor).exclude(id=event.id), event)


def _together(rows: QuerySet[Row], event: Event) -> list[Row]:
    """Whoever calls may choose the number of their request: what others did under the same one is not of it."""
    if not event.request_id:
        return []
    beside = Q(epoch=event.epoch, transaction_id=event.transaction_id)
    if event.member_id:
        beside |= Q(member_id=event.member_id)
    return list(rows.filter(beside, request_id=event.request_id).order_by("id")[:MOST_TOGETHER])
