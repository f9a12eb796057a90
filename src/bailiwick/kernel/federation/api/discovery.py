"""What this service offers (RFC 7644, section 4); open to everybody, because it is the same for everybody."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from scim2_models import Context, ForbiddenException, ListResponse, Resource, ResourceType, Schema

from bailiwick.kernel.base.rights import OPEN
from bailiwick.kernel.federation.api.scim import ScimEndpoint
from bailiwick.kernel.federation.rules.scim import SERVICE

BASE = "/api/scim/v2"
ASKED = Context.RESOURCE_QUERY_RESPONSE


class Description(ScimEndpoint):
    """One document, or a list of them, that is the same at every call."""

    right = OPEN

    def shown(self, resource: Resource[Any], path: str) -> dict[str, Any]:
        document = resource.model_dump(scim_ctx=ASKED)
        location = self.request.build_absolute_uri(f"{BASE}{path}")
        return document | {"meta": {"resourceType": type(resource).__name__, "location": location}}

    def refuse_filter(self) -> None:
        """RFC 7644, section 4: a filter here is refused, so that nobody takes all for some."""
        if "filter" in self.request.query_params:
            raise ForbiddenException(detail="What is described here cannot be filtered.")

    def listed(self, documents: list[dict[str, Any]]) -> HttpResponse:
        self.refuse_filter()
        number = len(documents)
        told = ListResponse[Schema](total_results=number, start_index=1, items_per_page=number)
        return self.answer(told.model_dump() | {"Resources": documents})


class Config(Description):
    def get(self, request: Request) -> HttpResponse:
        assert SERVICE.config
        self.refuse_filter()
        return self.answer(self.shown(SERVICE.config, "/ServiceProviderConfig"))


class ResourceTypes(Description):
    def get(self, request: Request) -> HttpResponse:
        return self.listed([self.shown(each, f"/ResourceTypes/{each.name}") for each in SERVICE.resource_types])


class Schemas(Description):
    def get(self, request: Request) -> HttpResponse:
        return self.listed([self.shown(each, f"/Schemas/{each.id}") for each in SERVICE.schemas])


class OneResourceType(Description):
    resource_type: ResourceType = SERVICE.resource_types[0]

    def get(self, request: Request) -> HttpResponse:
        return self.answer(self.shown(self.resource_type, f"/ResourceTypes/{self.resource_type.name}"))


class OneSchema(Description):
    described: Schema = SERVICE.schemas[0]

    def get(self, request: Request) -> HttpResponse:
        return self.answer(self.shown(self.described, f"/Schemas/{self.described.id}"))
