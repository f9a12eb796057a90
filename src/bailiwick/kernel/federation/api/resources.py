"""People and groups, as RFC 7644, section 3, has them asked for and changed."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request
from scim2_models import Context, InvalidValueException, ListResponse, PatchOp, ResponseParameters, SearchRequest

from bailiwick.kernel.federation.actions.scim import add_person, patch_person, remove_person, replace_person
from bailiwick.kernel.federation.actions.scim_groups import add_group, patch_group, remove_group, replace_group
from bailiwick.kernel.federation.api.scim import ScimEndpoint
from bailiwick.kernel.federation.queries.scim import (
    Found,
    find_groups,
    find_people,
    get_group,
    get_person,
    groups_of,
    members_of,
)
from bailiwick.kernel.federation.rules.scim import MOST, Group, Person, group_of, person_of, tag

DEFAULT_COUNT = 100
MOST_OPERATIONS = 200
FARTHEST = 10**9
PATHS = {"User": "Users", "Group": "Groups"}


class Resources(ScimEndpoint):
    """What people and groups have in common: how a row is shown, and what an answer carries."""

    path: ClassVar[str]
    search_form: ClassVar[Any]
    parameters_form: ClassVar[Any]
    patch_form: ClassVar[Any]
    list_form: ClassVar[Any]

    def resources(self, rows: list[Any], parameters: Any) -> list[Any]:
        """The rows as models of the library, with what stands in other tables."""
        raise NotImplementedError

    def present(self, rows: list[Any], parameters: Any = None) -> list[dict[str, Any]]:
        """The rows as they are answered: only the attributes that were asked for, each with its address."""
        shown = []
        for resource in self.resources(rows, parameters):
            resource.meta.location = self.place(self.path, resource.id)
            for link in [*(getattr(resource, "members", None) or ()), *(getattr(resource, "groups", None) or ())]:
                link.ref = self.place(PATHS.get(link.type, "Groups"), link.value)
            shown.append(resource.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=parameters))
        return shown

    def place(self, path: str, resource_id: object) -> str:
        return self.request.build_absolute_uri(f"/api/scim/v2/{path}/{resource_id}")

    def parameters(self) -> Any:
        """Which attributes are asked for (RFC 7644, section 3.9)."""
        given = {
            name: self.request.query_params[name]
            for name in ("attributes", "excludedAttributes")
            if self.request.query_params.get(name)
        }
        return self.parameters_form.model_validate(given)

    def one(self, row: Any, status: int = 200) -> HttpResponse:
        document = self.present([row], self.parameters())[0]
        headers = {"ETag": tag(row.version), "Location": self.place(self.path, row.id)}
        return self.answer(document, status, headers)


class ResourceList(Resources):
    def find(self, wanted: Any, start: int, count: int) -> Found:
        raise NotImplementedError

    def listed(self, given: Mapping[str, Any]) -> HttpResponse:
        asked = self.search(self.search_form, given)
        count = min(DEFAULT_COUNT if asked.count is None else asked.count, MOST)
        start = min(asked.start_index_0, FARTHEST)
        found = self.find(asked.filter, start, count)
        told = self.list_form(total_results=found.total, start_index=start + 1, items_per_page=len(found.rows))
        return self.answer(told.model_dump() | {"Resources": self.present(found.rows, asked)})

    def get(self, request: Request) -> HttpResponse:
        return self.listed(request.query_params)


class OneResource(Resources):
    def patched(self) -> Any:
        """The operations of a PATCH; raises what `handle` knows."""
        given = self.payload(self.patch_form, Context.RESOURCE_PATCH_REQUEST)
        if len(given.operations or ()) > MOST_OPERATIONS:
            raise InvalidValueException(detail=f"A change has at most {MOST_OPERATIONS} operations.")
        return given


class PeopleShown:
    """How people are shown; groups are looked up for a page at once."""

    path = "Users"
    search_form, parameters_form = SearchRequest[Person], ResponseParameters[Person]
    patch_form, list_form = PatchOp[Person], ListResponse[Person]

    def resources(self, rows: list[Any], parameters: Any) -> list[Any]:
        groups = groups_of([row.id for row in rows])
        return [person_of(row, is_active=row.member.is_active, groups=groups.get(row.id, ())) for row in rows]


class GroupsShown:
    """How groups are shown; members are looked up for a page at once, where they are asked for."""

    path = "Groups"
    search_form, parameters_form = SearchRequest[Group], ResponseParameters[Group]
    patch_form, list_form = PatchOp[Group], ListResponse[Group]

    def resources(self, rows: list[Any], parameters: Any) -> list[Any]:
        left_out = {str(each).lower() for each in (parameters and parameters.excluded_attributes) or ()}
        chosen = {str(each).lower().partition(".")[0] for each in (parameters and parameters.attributes) or ()}
        is_shown = not any(each.endswith("members") for each in left_out) and (
            not chosen or any(each.endswith("members") for each in chosen)
        )
        members = members_of([row.id for row in rows]) if is_shown else {}
        return [group_of(row, members.get(row.id, ())) for row in rows]


class People(PeopleShown, ResourceList):
    def find(self, wanted: Any, start: int, count: int) -> Found:
        return find_people(self.actor, wanted, start, count)

    def post(self, request: Request) -> HttpResponse:
        given = self.payload(Person, Context.RESOURCE_CREATION_REQUEST)
        return self.one(add_person(actor=self.actor, given=given), 201)


class PeopleSearch(PeopleShown, ResourceList):
    http_method_names = ["post"]

    def find(self, wanted: Any, start: int, count: int) -> Found:
        return find_people(self.actor, wanted, start, count)

    def post(self, request: Request) -> HttpResponse:
        return self.listed(request.data if isinstance(request.data, dict) else {})


class OnePerson(PeopleShown, OneResource):
    def get(self, request: Request, scim_user_id: UUID) -> HttpResponse:
        row = get_person(self.actor, scim_user_id)
        return HttpResponse(status=304, headers={"ETag": tag(row.version)}) if self.is_known(row) else self.one(row)

    def put(self, request: Request, scim_user_id: UUID) -> HttpResponse:
        get_person(self.actor, scim_user_id)
        given = self.payload(Person, Context.RESOURCE_REPLACEMENT_REQUEST)
        return self.one(replace_person(actor=self.actor, person_id=scim_user_id, given=given, versions=self.versions()))

    def patch(self, request: Request, scim_user_id: UUID) -> HttpResponse:
        get_person(self.actor, scim_user_id)
        given = self.patched()
        return self.one(
            patch_person(actor=self.actor, person_id=scim_user_id, operations=given, versions=self.versions())
        )

    def delete(self, request: Request, scim_user_id: UUID) -> HttpResponse:
        remove_person(actor=self.actor, person_id=scim_user_id, versions=self.versions())
        return self.respond()


class Groups(GroupsShown, ResourceList):
    def find(self, wanted: Any, start: int, count: int) -> Found:
        return find_groups(self.actor, wanted, start, count)

    def post(self, request: Request) -> HttpResponse:
        given = self.payload(Group, Context.RESOURCE_CREATION_REQUEST)
        return self.one(add_group(actor=self.actor, given=given), 201)


class GroupSearch(GroupsShown, ResourceList):
    http_method_names = ["post"]

    def find(self, wanted: Any, start: int, count: int) -> Found:
        return find_groups(self.actor, wanted, start, count)

    def post(self, request: Request) -> HttpResponse:
        return self.listed(request.data if isinstance(request.data, dict) else {})


class OneGroup(GroupsShown, OneResource):
    def get(self, request: Request, scim_group_id: UUID) -> HttpResponse:
        row = get_group(self.actor, scim_group_id)
        return HttpResponse(status=304, headers={"ETag": tag(row.version)}) if self.is_known(row) else self.one(row)

    def put(self, request: Request, scim_group_id: UUID) -> HttpResponse:
        get_group(self.actor, scim_group_id)
        given = self.payload(Group, Context.RESOURCE_REPLACEMENT_REQUEST)
        return self.one(replace_group(actor=self.actor, group_id=scim_group_id, given=given, versions=self.versions()))

    def patch(self, request: Request, scim_group_id: UUID) -> HttpResponse:
        get_group(self.actor, scim_group_id)
        given = self.patched()
        return self.one(
            patch_group(actor=self.actor, group_id=scim_group_id, operations=given, versions=self.versions())
        )

    def delete(self, request: Request, scim_group_id: UUID) -> HttpResponse:
        remove_group(actor=self.actor, group_id=scim_group_id, versions=self.versions())
        return self.respond()
