"""Who one is, one's password and one's sessions; paths and members as published."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.kernel.access.queries import highest_role
from bailiwick.kernel.api.throttling import MemberThrottle, OwnSecretThrottle
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.actions import PERSONAL, change_password, change_person, end_session
from bailiwick.kernel.identity.api.tokens import Message, SignedInUser, present_user
from bailiwick.kernel.identity.errors import NoPerson
from bailiwick.kernel.identity.mails import What, address_link, can_mail, notice, spend_link
from bailiwick.kernel.identity.manifest import MAIL_ADDRESS_LINK, MAIL_NOTICE
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.queries import SeenSession, find_person, get_member, list_sessions
from bailiwick.kernel.identity.rules.zones import zones
from bailiwick.kernel.jobs.actions import submit_house_job

SHOWN = 10


class Profile(SignedInUser):
    full_name = serializers.CharField(help_text=_("The login where there is no name."))
    language = serializers.CharField()
    time_zone = serializers.CharField()


class ProfileChange(serializers.Serializer[Any]):
    """What is left out stays; whatever else is sent is not one's own to change, and stays too."""

    first_name = serializers.CharField(max_length=150, allow_blank=True, required=False)
    last_name = serializers.CharField(max_length=150, allow_blank=True, required=False)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=[("", ""), *settings.LANGUAGES], required=False)
    time_zone = serializers.CharField(max_length=64, allow_blank=True, required=False)
    current_password = serializers.CharField(
        max_length=1000, trim_whitespace=False, required=False, help_text=_("Only to change the mail address.")
    )

    def validate_time_zone(self, value: str) -> str:
        if value and value not in zones():
            raise serializers.ValidationError(_("There is no such time zone."))
        return value


class PasswordChange(serializers.Serializer[Any]):
    current_password = serializers.CharField(max_length=1000, trim_whitespace=False)
    new_password = serializers.CharField(max_length=1000, trim_whitespace=False)
    new_password_confirm = serializers.CharField(max_length=1000, trim_whitespace=False)


class OwnSession(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    organization = serializers.CharField()
    kind = serializers.CharField()
    method = serializers.CharField()
    ip_address = serializers.CharField(allow_null=True)
    user_agent = serializers.CharField()
    login_time = serializers.DateTimeField()
    last_activity = serializers.DateTimeField()
    logout_time = serializers.DateTimeField(allow_null=True)
    is_active = serializers.BooleanField()
    is_current = serializers.BooleanField()


class OwnSessions(serializers.Serializer[Any]):
    active_sessions = serializers.IntegerField()
    sessions = OwnSession(many=True)


class PersonEndpoint(Endpoint):
    """For people with a session or a token: a key is a program's."""

    right = MEMBER

    def person(self) -> User:
        user = find_person(self.actor.user_id) if self.actor.session_id and self.actor.user_id else None
        if user is None:
            raise NoPerson
        return user

    def profile(self, user: User) -> dict[str, Any]:
        return present_user(user, highest_role(self.actor.roles), get_member(self.actor.member_id))


class ProfileEndpoint(PersonEndpoint):
    """Who one is in the organisation of the session or token."""

    @extend_schema(operation_id="auth_profile", responses=Profile)
    def get(self, request: Request) -> HttpResponse:
        return self.respond(self.profile(self.person()))


class ProfileUpdateEndpoint(PersonEndpoint):
    """Changes name, mail address, language and time zone; login, role, membership and activity are not one's own."""

    throttle_classes = [MemberThrottle, OwnSecretThrottle]

    @extend_schema(operation_id="auth_profile_replace", request=ProfileChange, responses=Profile)
    def put(self, request: Request) -> HttpResponse:
        return self._change()

    @extend_schema(operation_id="auth_profile_update", request=ProfileChange, responses=Profile)
    def patch(self, request: Request) -> HttpResponse:
        return self._change()

    def _change(self) -> HttpResponse:
        user, given = self.person(), self.read(ProfileChange)
        values = {name: given.get(name, getattr(user, name)) for name in PERSONAL}
        changed = change_person(self.actor, **values, current_password=given.get("current_password", ""))
        if changed.email and changed.email != user.email:
            self._ask(changed)
        return self.respond(self.profile(changed))

    def _ask(self, user: User) -> None:
        """Where too many were sent lately, the page about oneself offers the link."""
        request = self.request._request
        if can_mail() and not spend_link(request, user.email):
            told = address_link(request, user.id)
            submit_house_job(kind=MAIL_ADDRESS_LINK, arguments=told, request_id=request.request_id)  # type: ignore[attr-defined]


class PasswordChangeEndpoint(PersonEndpoint):
    """Sets a new password and ends every session but this one."""

    throttle_classes = [MemberThrottle, OwnSecretThrottle]

    @extend_schema(operation_id="auth_password_change", request=PasswordChange, responses=Message)
    def post(self, request: Request) -> HttpResponse:
        self.person()
        given = self.read(PasswordChange)
        if given["new_password"] != given["new_password_confirm"]:
            raise InvalidInput({"new_password_confirm": [_("The two new passwords differ.")]})
        user = change_password(self.actor, current=given["current_password"], new=given["new_password"])
        told = notice(request._request, user.id, What.PASSWORD)
        submit_house_job(kind=MAIL_NOTICE, arguments=told, request_id=request._request.request_id)  # type: ignore[attr-defined]
        return self.respond({"message": _("The password is changed. Every other session was ended.")})


class SessionsEndpoint(PersonEndpoint):
    """The last ten sessions of the person, those that live first, and how many live."""

    @extend_schema(operation_id="auth_sessions", responses=OwnSessions)
    def get(self, request: Request) -> HttpResponse:
        self.person()
        seen = list_sessions(self.actor)
        sessions = [self._present(each) for each in seen[:SHOWN]]
        return self.respond({"active_sessions": sum(each.is_live for each in seen), "sessions": sessions})

    def _present(self, session: SeenSession) -> dict[str, Any]:
        return {
            "id": session.id,
            "organization": session.slug,
            "kind": session.kind,
            "method": session.method,
            "ip_address": session.address and str(session.address),
            "user_agent": session.agent,
            "login_time": session.started_at,
            "last_activity": session.last_used_at,
            "logout_time": session.ended_at,
            "is_active": session.is_live,
            "is_current": session.id == self.actor.session_id,
        }


class SessionEndEndpoint(Endpoint):
    """Ends a session of one's own; whatever is none of one's own, or over, is not there."""

    right = MEMBER

    @extend_schema(operation_id="auth_session_terminate", request=None, responses=Message)
    def post(self, request: Request, session_id: UUID) -> HttpResponse:
        end_session(self.actor, session_id)
        return self.respond({"message": _("The session is ended.")})
