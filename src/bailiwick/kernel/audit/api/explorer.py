"""The trail by API: events, one of them with all that belongs to it, and changes."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from bailiwick.kernel.access.api.explaining import show_explanation
from bailiwick.kernel.access.queries.deeds import explain_event, principals_of
from bailiwick.kernel.api.errors import InvalidQuery
from bailiwick.kernel.api.filters import refuse_unknown
from bailiwick.kernel.api.pagination import CursorPagination, Position, slice_rows
from bailiwick.kernel.api.views import Endpoint, ListEndpoint
from bailiwick.kernel.audit.api import schema
from bailiwick.kernel.audit.api.filters import ChangeFilter, EventFilter, TrailFilter
from bailiwick.kernel.audit.api.presenting import people_of, show_change, show_event
from bailiwick.kernel.audit.manifest import READ
from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.audit.queries.explorer import (
    edge_of,
    find_all,
    get_event,
    list_changes_with,
    list_events_with,
    list_row_changes,
    list_trail,
    within,
)


class TrailPagination(CursorPagination):
    """A page may have fewer rows than asked for, or none, and still be followed by others: a search goes on there."""

    def go_on(self, edge: UUID, *, is_backwards: bool) -> None:
        link = self._link({"id": edge}, is_backwards)
        if is_backwards:
            self.previous = link
        else:
            self.next = link


class TrailEndpoint(ListEndpoint):
    """A list of the trail: what no index serves alone is looked for among 10,000 rows a page."""

    right = READ
    filterset_class: ClassVar[type[TrailFilter]]
    orderings = ("-id", "id")
    pagination_class = TrailPagination

    def search_rows(self, ordering: str, position: Position | None, limit: int) -> list[Any]:
        """A page's rows; where the search ended before it was full is kept in `edge`."""
        filters = self.filterset_class(self.request.query_params)
        if not filters.is_valid():
            raise InvalidQuery(errors={name: [str(each) for each in found] for name, found in filters.errors.items()})
        rows, search = self.rows(), filters.search()
        self.is_backwards = bool(position and position.is_backwards)
        is_down = ordering.startswith("-") != self.is_backwards
        edge = edge_of(rows, search, is_down=is_down, beyond=position.id if position else None)
        found = slice_rows(within(find_all(rows, search), edge, is_down=is_down), ordering, position, limit)
        self.edge = edge if len(found) < limit else None
        return found

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        refuse_unknown(request, self.filterset_class)
        paginator = TrailPagination()
        page = paginator.page(request, self.search_rows, self.orderings)
        if self.edge:
            paginator.go_on(self.edge, is_backwards=self.is_backwards)
        return self.respond(paginator.envelope(self.present(page)))


class Events(TrailEndpoint):
    """What happened, newest first. A page may have fewer rows than asked for; follow `next` until it is null."""

    filterset_class = EventFilter

    def rows(self) -> QuerySet[Event]:
        return list_trail(self.actor)

    def present(self, rows: list[Event]) -> list[Any]:
        people = people_of(rows)
        return [show_event(self.actor, row, people) for row in rows]

    @extend_schema(operation_id="audit_events", responses=schema.EVENTS, tags=["audit"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs)


class Changes(TrailEndpoint):
    """What changed, newest first. A page may have fewer rows than asked for; follow `next` until it is null."""

    filterset_class = ChangeFilter

    def rows(self) -> QuerySet[Change]:
        return list_row_changes(self.actor)

    def present(self, rows: list[Change]) -> list[Any]:
        people = people_of(rows)
        return [show_change(self.actor, row, people) for row in rows]

    @extend_schema(operation_id="audit_changes", responses=schema.CHANGES, tags=["audit"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs)


class OneEvent(Endpoint):
    """One event with what its request changed and did, and why whoever did it was allowed to."""

    right = READ

    @extend_schema(operation_id="audit_event", responses=schema.WHOLE_EVENT, tags=["audit"])
    def get(self, request: Request, event_id: UUID) -> HttpResponse:
        event = get_event(self.actor, event_id)
        changes, others = list_changes_with(self.actor, event), list_events_with(self.actor, event)
        together: list[Event | Change] = [event, *changes, *others]
        people = people_of(together)
        why = explain_event(self.actor, event)
        return self.respond(
            show_event(self.actor, event, people)
            | {
                "on_behalf_of": principals_of(why) if why else [],
                "changes": [show_change(self.actor, each, people) for each in changes],
                "events": [show_event(self.actor, each, people) for each in others],
                "explanation": show_explanation(why) if why else None,
            }
        )
