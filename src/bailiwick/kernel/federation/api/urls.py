"""Addresses of SCIM; they have no slash at their end."""

from django.urls import path, re_path

from bailiwick.kernel.federation.api.discovery import Config, OneResourceType, OneSchema, ResourceTypes, Schemas
from bailiwick.kernel.federation.api.resources import Groups, GroupSearch, OneGroup, OnePerson, People, PeopleSearch
from bailiwick.kernel.federation.api.scim import Nowhere
from bailiwick.kernel.federation.rules.scim import SERVICE

BASE = "api/scim/v2"

urlpatterns = [
    path(f"{BASE}/ServiceProviderConfig", Config.as_view(), name="scim-config"),
    path(f"{BASE}/ResourceTypes", ResourceTypes.as_view(), name="scim-resource-types"),
    *(
        path(f"{BASE}/ResourceTypes/{each.name}", OneResourceType.as_view(resource_type=each))
        for each in SERVICE.resource_types
    ),
    path(f"{BASE}/Schemas", Schemas.as_view(), name="scim-schemas"),
    *(path(f"{BASE}/Schemas/{each.id}", OneSchema.as_view(described=each)) for each in SERVICE.schemas),
    path(f"{BASE}/Users", People.as_view(), name="scim-users"),
    path(f"{BASE}/Users/.search", PeopleSearch.as_view(), name="scim-users-search"),
    path(f"{BASE}/Users/<uuid:scim_user_id>", OnePerson.as_view(), name="scim-user"),
    path(f"{BASE}/Groups", Groups.as_view(), name="scim-groups"),
    path(f"{BASE}/Groups/.search", GroupSearch.as_view(), name="scim-groups-search"),
    path(f"{BASE}/Groups/<uuid:scim_group_id>", OneGroup.as_view(), name="scim-group"),
    re_path(rf"^{BASE}(?:/.*)?$", Nowhere.as_view(), name="scim-nowhere"),
]
