"""Signing in and out by token; paths and members as published."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.entry import enter_by_session
from bailiwick.kernel.access.queries import highest_role
from bailiwick.kernel.api.throttling import MemberThrottle, SensitiveThrottle
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.callers import Caller, caller_of
from bailiwick.kernel.base.rates import spend
from bailiwick.kernel.base.rights import MEMBER, OPEN
from bailiwick.kernel.identity.actions import Entered, Pending, end_own_sessions, rotate_refresh, sign_in
from bailiwick.kernel.identity.actions.totp import sign_in_by_code
from bailiwick.kernel.identity.choices import Credential, Method, SessionEnd, SessionKind
from bailiwick.kernel.identity.entry import attempt, remember_program
from bailiwick.kernel.identity.errors import InvalidCredentials, InvalidToken, NoPerson, TokenNotAccepted
from bailiwick.kernel.identity.mails import What, notice
from bailiwick.kernel.identity.manifest import MAIL_NOTICE
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.identity.queries import Membership, find_person, list_memberships
from bailiwick.kernel.identity.tokens import new_pair, read_refresh
from bailiwick.kernel.jobs.actions import submit_house_job


class SignIn(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    organization = serializers.SlugField(required=False, allow_blank=True, default="")
    code = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("Of the person's application, or one from paper, where they have set one up."),
    )


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
    """Login and password for a pair of tokens, with a code where one is asked for.

    Whatever is wrong, and where no organisation of theirs takes this way in, the answer is the same 401.
    """

    right = OPEN
    authentication_classes = []
    throttle_classes = [MemberThrottle, SensitiveThrottle]
    published_members = {"error": _error_as_published}

    @extend_schema(operation_id="auth_token", request=SignIn, responses=SignedIn)
    def post(self, request: Request) -> HttpResponse:
        given = SignIn(data=request.data)
        if not given.is_valid():
            raise InvalidCredentials
        request_id, caller = request._request.request_id, caller_of(request._request)  # type: ignore[attr-defined]
        login, password = given.validated_data["username"], given.validated_data["password"]
        with attempt(request._request, login, password):
            entered = sign_in(
                login=login,
                password=password,
                organization=given.validated_data["organization"],
                kind=SessionKind.TOKEN,
                caller=caller,
                request_id=request_id,
            )
            if isinstance(entered, Pending):
                entered = self._with_code(entered, given.validated_data["code"], caller, request_id)
        user, membership, session = entered.user, entered.membership, entered.session
        with enter_by_session(session.id, kind=SessionKind.TOKEN, request_id=request_id) as actor:
            if not isinstance(actor, Actor):
                raise InvalidCredentials(person_id=user.id)
            claims = claims_of(actor, user.username, membership)
        assert session.refresh_number
        if remember_program(request._request, session):
            told = notice(request._request, user.id, What.DEVICE)
            submit_house_job(kind=MAIL_NOTICE, arguments=told, request_id=request_id)
        known = present_user(user, claims["role"], membership)
        shown = {name: value for name, value in known.items() if name in SignedInUser().fields}
        return self.respond({**new_pair(session.id, session.refresh_number, claims), "user": shown})

    @staticmethod
    def _with_code(pending: Pending, code: str, caller: Caller, request_id: str) -> Entered:
        spent = spend("code", str(pending.user.id)) if code else None
        if not code or (spent is not None and not spent.is_allowed):
            raise InvalidCredentials(person_id=pending.user.id, method=Method.TWO_FACTOR)
        return sign_in_by_code(
            user_id=pending.user.id,
            code=code,
            organization=pending.organization,
            kind=SessionKind.TOKEN,
            caller=caller,
            request_id=request_id,
        )


class TokenRefreshEndpoint(Endpoint):
    """A refresh token for a new pair; each is good for one use, and using one twice ends all that came of it."""

    right = OPEN
    authentication_classes = []

    @extend_schema(operation_id="auth_token_refresh", request=Refresh, responses=TokenPair)
    def post(self, request: Request) -> HttpResponse:
        token = read_refresh(self.read(Refresh)["refresh"])
        if token is None:
            raise InvalidToken
        request_id = request._request.request_id  # type: ignore[attr-defined]
        with enter_by_session(token.session_id, kind=SessionKind.TOKEN, request_id=request_id) as actor:
            if not isinstance(actor, Actor) or actor.user_id != token.user_id:
                raise InvalidToken
            number = rotate_refresh(actor, token.number)
            user = find_person(token.user_id)
            membership = next(
                (each for each in list_memberships(token.user_id) if each.member_id == actor.member_id), None
            )
            if user is None or membership is None:
                raise InvalidToken
            return self.respond(new_pair(token.session_id, number, claims_of(actor, user.username, membership)))


class LogoutEndpoint(Endpoint):
    """Ends every session and token of the person; the refresh token is optional, and refused when it is not theirs."""

    right = MEMBER

    @extend_schema(operation_id="auth_logout", request=Leave, responses=Message)
    def post(self, request: Request) -> HttpResponse:
        if self.actor.session_id is None:
            raise NoPerson
        if text := self.read(Leave)["refresh_token"]:
            token = read_refresh(text)
            if token is None or token.user_id != self.actor.user_id:
                raise TokenNotAccepted
        end_own_sessions(self.actor, why=SessionEnd.SIGNED_OUT)
        if self.actor.credential == Credential.SESSION:
            request._request.session.flush()
        return self.respond({"message": _("You are signed out.")})


def claims_of(actor: Actor, username: str, membership: Membership) -> dict[str, str]:
    """What a token says of its holder, for the client to read: it is no more believed than the session allows."""
    return {
        "user_id": str(actor.user_id),
        "organization": str(actor.organization_id),
        "member": str(actor.member_id),
        "username": username,
        "role": highest_role(actor.roles),
        "employee_id": membership.employee_id,
        "department": membership.department,
    }


def present_user(user: User, role: str, membership: Membership | Member) -> dict[str, Any]:
    """Everything published of a person, with the role and the membership of one organisation."""
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "full_name": user.full_name,
        "role": role,
        "employee_id": membership.employee_id,
        "department": membership.department,
        "language": user.language,
        "time_zone": user.time_zone,
        "is_superuser": user.is_superuser,
        "last_login": user.last_login,
        "date_joined": user.date_joined,
    }
