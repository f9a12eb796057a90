"""What an endpoint is built on: a declared right, JSON, one action or query."""

import threading
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django_filters import FilterSet
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.api.errors import InvalidText
from bailiwick.kernel.api.filters import narrow, refuse_unknown
from bailiwick.kernel.api.idempotency import once
from bailiwick.kernel.api.pagination import BY_NEWEST, CursorPagination, Position, slice_rows
from bailiwick.kernel.api.problems import Published
from bailiwick.kernel.api.rendering import JSONRenderer, to_json
from bailiwick.kernel.base.rights import Declared

RENDERER = JSONRenderer()
_mine = threading.local()


def _checker(serializer_class: type[BaseSerializer[Any]]) -> BaseSerializer[Any]:
    """This thread's serializer of a class: making one copies every field, and checking leaves nothing behind in it."""
    made: dict[type, BaseSerializer[Any]] = _mine.__dict__.setdefault("checkers", {})
    if serializer_class not in made:
        made[serializer_class] = serializer_class()
    return made[serializer_class]


class Endpoint(APIView):
    """One address of the API.

    A handler reads, calls one action or query with `self.actor`, and responds; it needs no transaction and catches
    nothing: every answer of 400 or more undoes the whole request.
    """

    right: ClassVar[Declared]
    published_members: ClassVar[Published] = {}
    """Members that errors of a published path had before: a value, or a function of the problem document."""

    is_kept: ClassVar[bool] = True
    """Whether an answer is kept for its Idempotency-Key; a stream is not."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    metadata_class = None

    @property
    def actor(self) -> Actor:
        return self.request.user  # type: ignore[return-value]

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {"Allow": ", ".join(self.allowed_methods), "Cache-Control": "no-store"}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[JSONRenderer, str]:
        """There is JSON and nothing else, whatever is accepted."""
        return RENDERER, RENDERER.media_type

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise InvalidText
        super().initial(request, *args, **kwargs)
        is_once = self.is_kept and request.user is not None and "Idempotency-Key" in request.headers
        if request.method == "POST" and is_once:
            self.post = once(self.post)  # type: ignore[has-type]

    def read(self, serializer_class: type[BaseSerializer[Any]]) -> Any:
        """The body, checked; raises ValidationError naming every field that is wrong."""
        return _checker(serializer_class).run_validation(self.request.data)

    def respond(self, data: Any = None, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """An answer in JSON; without data it is 204."""
        if data is None:
            return HttpResponse(status=204, headers=headers)
        return HttpResponse(to_json(data), status=status, content_type="application/json", headers=headers)


class ListEndpoint(Endpoint):
    """A list: `rows` says which, `filterset_class` how it narrows, `orderings` how it sorts, `present` what shows."""

    filterset_class: ClassVar[type[FilterSet] | None] = None
    orderings: ClassVar[tuple[str, ...]] = (BY_NEWEST,)
    pagination_class: ClassVar[type[CursorPagination]] = CursorPagination
    filter_backends: ClassVar[list[Any]] = []  # the filter set is applied by `fetch`

    def rows(self) -> QuerySet[Any]:
        """Every row that the actor may see."""
        raise NotImplementedError

    def present(self, rows: list[Any]) -> list[Any]:
        """A page's rows as they are answered; what belongs to them is fetched here, for all at once."""
        return rows

    def narrowed(self) -> QuerySet[Any]:
        """The rows that the request asks for."""
        return narrow(self.request, self.rows(), self.filterset_class)

    def fetch(self, ordering: str, position: Position | None, limit: int) -> list[Any]:
        """A page's rows; overridden where they come from a statement of our own and not from a query set."""
        return slice_rows(self.narrowed(), ordering, position, limit)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        refuse_unknown(request, self.filterset_class, self.pagination_class.parameters)
        paginator = self.pagination_class()
        page = paginator.page_of(self)
        return self.respond(paginator.envelope(self.present(page)))
