"""The product's addresses, and the floor that its requests are measured against."""

from functools import cache
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from bailiwick.apps.predictions.api.endpoints import Predictions
from bailiwick.config.urls import handler400, handler403, handler404, handler500
from bailiwick.config.urls import urlpatterns as product
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.queries import rights_of
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.choices import Credential, MemberKind
from bailiwick.kernel.tenancy.scope import Scope, apply, assume

__all__ = ["handler400", "handler403", "handler404", "handler500"]


class Empty(Endpoint):
    """An authenticated request that asks for nothing."""

    right = MEMBER

    def get(self, request: Request) -> HttpResponse:
        return self.respond({})


class Known(Predictions):
    """The list for an actor who is believed: what the product itself takes to find out who asks is left out."""

    authentication_classes = []

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        organization_id, member_id = map(UUID, request.headers["X-Bench-Actor"].split(":"))
        scope = Scope(organization_id, member_id, None, request.request_id)
        apply(scope)
        with assume(scope):
            return super().dispatch(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        request.user = _believed(*map(UUID, request.headers["X-Bench-Actor"].split(":")))  # type: ignore[assignment]


@cache
def _believed(organization_id: UUID, member_id: UUID) -> Actor:
    rights = rights_of(("reviewer",))
    return Actor(organization_id, member_id, "Reviewer", MemberKind.PERSON, Credential.SESSION, rights=rights)


urlpatterns = [path("bench/empty", Empty.as_view()), path("bench/known", Known.as_view()), *product]
