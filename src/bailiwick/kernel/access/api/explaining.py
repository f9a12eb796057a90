"""Why somebody may or may not, by API."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.kernel.access.choices import Fault, Obstacle
from bailiwick.kernel.access.queries import Explanation, explain
from bailiwick.kernel.access.queries.chains import Chain, Link
from bailiwick.kernel.access.queries.things import read_thing
from bailiwick.kernel.api.errors import InvalidQuery
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.models import Member


class Question(serializers.Serializer[Any]):
    """Who, what, over what, and when; what is left out means oneself, the whole organisation, and now."""

    right = serializers.CharField(max_length=100)
    member = serializers.UUIDField(required=False)
    over = serializers.RegexField(r"^[a-z]+\.[a-z]+:[0-9a-f-]+$", max_length=150, required=False)
    at = serializers.DateTimeField(required=False)


class NamedShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class GrantShape(serializers.Serializer[Any]):
    """`giver` null: the installation gave it."""

    id = serializers.UUIDField()
    member = NamedShape()
    role = serializers.CharField()
    over = serializers.CharField(allow_null=True)
    valid_from = serializers.DateTimeField()
    valid_until = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    giver = NamedShape(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    approver = NamedShape(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    amount = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    is_passable = serializers.BooleanField()
    is_deputy = serializers.BooleanField()


class RoleShape(serializers.Serializer[Any]):
    """Since when the role contains the right, or does not any more; `set_by` null: as the product declares it."""

    code = serializers.CharField()
    title = serializers.CharField()
    is_contained = serializers.BooleanField()
    since = serializers.DateTimeField()
    set_by = NamedShape(allow_null=True)


class ChainShape(serializers.Serializer[Any]):
    """The member's own grant first, then what it was passed on from."""

    role = RoleShape()
    grants = GrantShape(many=True)
    fault = serializers.ChoiceField(choices=Fault.choices, allow_null=True)


class ExplanationShape(serializers.Serializer[Any]):
    """`chains` give the right, `misses` do not and say why; `helpers` could give it now."""

    is_allowed = serializers.BooleanField()
    member = NamedShape()
    right = serializers.CharField()
    over = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    obstacle = serializers.ChoiceField(choices=Obstacle.choices, allow_null=True)
    roles = serializers.ListField(child=serializers.CharField())
    chains = ChainShape(many=True)
    misses = ChainShape(many=True)
    helpers = NamedShape(many=True)


class Explain(Endpoint):
    """Why a member may or may not; everybody about themselves, about others with the right to ask."""

    right = MEMBER

    @extend_schema(
        operation_id="access_explain",
        parameters=[
            OpenApiParameter("right", str, required=True, description='"app.verb"'),
            OpenApiParameter("member", {"type": "string", "format": "uuid"}),
            OpenApiParameter("over", str, description='"app.model:id"'),
            OpenApiParameter("at", {"type": "string", "format": "date-time"}),
        ],
        responses=ExplanationShape,
        tags=["access"],
    )
    def get(self, request: Request) -> HttpResponse:
        query = request.query_params
        if unknown := sorted(query.keys() - Question().fields.keys()):
            raise InvalidQuery(errors={name: [_("There is no such parameter.")] for name in unknown})
        given = Question().run_validation(query.dict())
        over = read_thing(self.actor, given["over"]) if "over" in given else None
        member_id = given.get("member", self.actor.member_id)
        return self.respond(show_explanation(explain(self.actor, member_id, given["right"], over, given.get("at"))))


def show_explanation(why: Explanation) -> dict[str, Any]:
    return {
        "is_allowed": why.is_allowed,
        "member": _named(why.member),
        "right": why.right.code,
        "over": why.over_key or None,
        "at": why.at,
        "obstacle": why.obstacle,
        "roles": [role.code for role in why.roles],
        "chains": [_show_chain(chain) for chain in why.chains],
        "misses": [_show_chain(chain) for chain in why.misses],
        "helpers": [_named(helper) for helper in why.helpers],
    }


def _named(member: Member) -> dict[str, Any]:
    return {"id": member.id, "name": member.name}


def _show_chain(chain: Chain) -> dict[str, Any]:
    content = chain.content
    return {
        "role": {
            "code": content.role.code,
            "title": str(content.role),
            "is_contained": content.is_contained,
            "since": content.since,
            "set_by": _named(content.set_by) if content.set_by else None,
        },
        "grants": [_show_link(link) for link in chain.links],
        "fault": chain.fault,
    }


def _show_link(link: Link) -> dict[str, Any]:
    grant = link.grant
    return {
        "id": grant.id,
        "member": {"id": grant.member_id, "name": link.holder},
        "role": grant.role,
        "over": f"{grant.object_type}:{grant.object_id}" if grant.object_id else None,
        "valid_from": grant.valid_from,
        "valid_until": grant.valid_until,
        "created_at": grant.created_at,
        "giver": {"id": grant.granted_by_id, "name": link.giver} if link.giver else None,
        "approved_at": grant.approved_at,
        "approver": {"id": grant.approved_by_id, "name": link.approver} if link.approver else None,
        "ended_at": grant.revoked_at,
        "amount": None if grant.amount is None else str(grant.amount),
        "currency": grant.currency or None,
        "is_passable": grant.is_passable,
        "is_deputy": grant.is_deputy,
    }
