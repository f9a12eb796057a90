"""Signing in and out by token; paths and members as published."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.kernel.access.entry import enter_as_member
from bailiwick.kernel.access.queries import highest_role
from bailiwick.kernel.api.throttling import MemberThrottle, SensitiveThrottle
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.rights import MEMBER, OPEN
from bailiwick.kernel.identity.actions import end_session, sign_in
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.errors import InvalidCredentials, InvalidToken, NoPerson, TokenNotAccepted
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.queries import Membership, list_memberships
from bailiwick.kernel.identity.tokens import issue_refresh, issued_at, pair_of, read_refresh, use_up


class SignIn(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    organization = serializers.SlugField(required=False, allow_blank=True, default="")


class SignedInUser(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    username = serializers.CharField()
    email = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    role = serializers.CharField(help_text=_("The highest role in the organisation of the token."))
    employee_id = serializers.CharField()
    department = serializers.CharField()
    is_superuser = serializers.BooleanField()
    last_login = serializers.DateTimeField(allow_null=True)
    date_joined = serializers.DateTimeField()


class TokenPair(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()


class SignedIn(TokenPair):
    user = SignedInUser()


class Refresh(serializers.Serializer[Any]):
    refresh = serializers.CharField()


class Leave(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(required=False, allow_blank=True, default="")


class Message(serializers.Serializer[Any]):
    message = serializers.CharField()


def _error_as_published(document: dict[str, Any]) -> str | None:
    return "Invalid credentials" if document["status"] == 401 else None


class TokenEndpoint(Endpoint):
    """Login and password for a pair of tokens; whatever is wrong, the answer is the same 401."""

    right = OPEN
    authentication_classes = []
    throttle_classes = [MemberThrottle, SensitiveThrottle]
    published_members = {"error": _error_as_published}

    @extend_schema(operation_id="auth_token", request=SignIn, responses=SignedIn)
    def post(self, request: Request) -> HttpResponse:
        given = SignIn(data=request.data)
        if not given.is_valid():
            raise InvalidCredentials
        user, membership = sign_in(
            login=given.validated_data["username"],
            password=given.validated_data["password"],
            organization=given.validated_data["organization"],
            credential=Credential.TOKEN,
            request_id=request._request.request_id,  # type: ignore[attr-defined]
        )
        claims = claims_of(user.id, user.username, membership, max(now(), user.credentials_valid_from))
        if claims is None:
            raise InvalidCredentials
        refresh = issue_refresh(claims, not_before=user.credentials_valid_from)
        return self.respond({**pair_of(refresh), "user": _present(user, claims)})


class TokenRefreshEndpoint(Endpoint):
    """A refresh token for a new pair; each is good for one use, and for as long as person and membership are active."""

    right = OPEN
    authentication_classes = []

    @extend_schema(operation_id="auth_token_refresh", request=Refresh, responses=TokenPair)
    def post(self, request: Request) -> HttpResponse:
        token = read_refresh(self.read(Refresh)["refresh"])
        if token is None:
            raise InvalidToken
        memberships = list_memberships(token["user_id"])
        membership = next((each for each in memberships if str(each.member_id) == token["member"]), None)
        claims = membership and claims_of(token["user_id"], token["username"], membership, issued_at(token))
        if not claims or not use_up(token):
            raise InvalidToken
        return self.respond(pair_of(issue_refresh(claims)))


class LogoutEndpoint(Endpoint):
    """Ends every session and token of the person; the refresh token is optional, and refused when it is not theirs."""

    right = MEMBER

    @extend_schema(operation_id="auth_logout", request=Leave, responses=Message)
    def post(self, request: Request) -> HttpResponse:
        if self.actor.user_id is None:
            raise NoPerson
        if text := self.read(Leave)["refresh_token"]:
            token = read_refresh(text)
            if token is None or token["user_id"] != str(self.actor.user_id) or not use_up(token):
                raise TokenNotAccepted
        end_session(self.actor.ref, everywhere=True)
        if self.actor.credential == Credential.SESSION:
            request._request.session.flush()
        return self.respond({"message": _("You are signed out.")})


def claims_of(user_id: object, username: str, membership: Membership, issued: datetime) -> dict[str, str] | None:
    """What a token says of its holder; None when a token issued at that time is no longer accepted."""
    place = membership.organization_id, membership.member_id
    with (
        transaction.atomic(),
        enter_as_member(*place, issued_at=issued, credential=Credential.TOKEN, request_id="") as actor,
    ):
        if actor is None:
            return None
        return {
            "user_id": str(user_id),
            "organization": str(membership.organization_id),
            "member": str(membership.member_id),
            "username": username,
            "role": highest_role(actor.roles),
            "employee_id": membership.employee_id,
            "department": membership.department,
        }


def _present(user: User, claims: dict[str, str]) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "role": claims["role"],
        "employee_id": claims["employee_id"],
        "department": claims["department"],
        "is_superuser": user.is_superuser,
        "last_login": user.last_login,
        "date_joined": user.date_joined,
    }
