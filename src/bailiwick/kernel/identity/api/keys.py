"""The keys of programs by API: list, issue, rotate, revoke."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.kernel.access.actions.keys import Bounds, issue_key, rotate_key
from bailiwick.kernel.api.views import Endpoint, ListEndpoint
from bailiwick.kernel.identity.actions import revoke_key
from bailiwick.kernel.identity.choices import KeyState
from bailiwick.kernel.identity.manifest import ISSUE_KEYS, REVOKE_KEYS
from bailiwick.kernel.identity.models import ApiKey
from bailiwick.kernel.identity.queries import keys

EITHER = (ISSUE_KEYS, REVOKE_KEYS)


class ProgramShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class KeyShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    program = ProgramShape()
    prefix = serializers.CharField()
    state = serializers.ChoiceField(choices=KeyState.choices)
    scopes = serializers.ListField(child=serializers.CharField())
    rate = serializers.IntegerField(allow_null=True)
    addresses = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    replaces = serializers.UUIDField(allow_null=True)


class NewKeyShape(KeyShape):
    key = serializers.CharField()


class NewKey(serializers.Serializer[Any]):
    """`rate` is in calls a minute; `addresses` are networks (CIDR) that it may be used from, none meaning any."""

    program = serializers.UUIDField()
    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(child=serializers.CharField(max_length=100), max_length=100)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    rate = serializers.IntegerField(required=False, allow_null=True, default=None)
    addresses = serializers.ListField(
        child=serializers.CharField(max_length=50), max_length=20, required=False, default=list
    )


class Rotation(serializers.Serializer[Any]):
    """For how many hours the present key goes on beside the new one."""

    overlap_hours = serializers.IntegerField(min_value=0, max_value=720, default=24)


class KeyFilter(FilterSet):
    state = django_filters.ChoiceFilter(choices=KeyState.choices, method="in_state")

    class Meta:
        model = ApiKey
        fields: list[str] = []

    def in_state(self, rows: QuerySet[ApiKey], name: str, state: str) -> QuerySet[ApiKey]:
        return keys.in_state(rows, state)


class Keys(ListEndpoint):
    """The keys of programs, newest first; a new one for a program, which is answered once and never again."""

    right = {"GET": EITHER, "POST": ISSUE_KEYS}
    filterset_class = KeyFilter
    # A kept answer would keep the key.
    is_kept = False

    def rows(self) -> QuerySet[ApiKey]:
        return keys.list_keys(self.actor)

    def present(self, rows: list[ApiKey]) -> list[Any]:
        return [show_key(row) for row in rows]

    @extend_schema(operation_id="keys_list", responses=KeyShape(many=True), tags=["keys"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="keys_issue", request=NewKey, responses={201: NewKeyShape}, tags=["keys"])
    def post(self, request: Request) -> HttpResponse:
        given = self.read(NewKey)
        row, key = issue_key(
            actor=self.actor,
            program_id=given["program"],
            name=given["name"],
            scopes=given["scopes"],
            bounds=Bounds(given["expires_at"], given["rate"], given["addresses"]),
        )
        return self.respond(show_key(keys.find_key(self.actor, row.id)) | {"key": key}, status=201)


class RotateKey(Endpoint):
    """A new key in the place of another, which goes on for some hours; both work meanwhile."""

    right = ISSUE_KEYS
    is_kept = False

    @extend_schema(operation_id="keys_rotate", request=Rotation, responses={201: NewKeyShape}, tags=["keys"])
    def post(self, request: Request, key_id: UUID) -> HttpResponse:
        keys.find_key(self.actor, key_id)
        overlap = timedelta(hours=self.read(Rotation)["overlap_hours"])
        row, key = rotate_key(actor=self.actor, key_id=key_id, overlap=overlap)
        return self.respond(show_key(keys.find_key(self.actor, row.id)) | {"key": key}, status=201)


class RevokeKey(Endpoint):
    """End a key now; revoking twice changes nothing."""

    right = EITHER

    @extend_schema(operation_id="keys_revoke", request=None, responses=KeyShape, tags=["keys"])
    def post(self, request: Request, key_id: UUID) -> HttpResponse:
        revoke_key(self.actor, key_id=keys.find_key(self.actor, key_id).id)
        return self.respond(show_key(keys.find_key(self.actor, key_id)))


def show_key(key: ApiKey) -> dict[str, Any]:
    """A key as it goes out: never itself."""
    return {
        "id": key.id,
        "name": key.name,
        "program": {"id": key.member_id, "name": key.member.name},
        "prefix": key.prefix,
        "state": key.state,
        "scopes": key.scopes,
        "rate": key.rate,
        "addresses": key.addresses,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "replaces": key.replaces_id,
    }
