"""The one transaction of a request, and in whose name it runs."""

import select
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.entry import enter_as_member, enter_by_key
from bailiwick.kernel.access.errors import WrongOrganization
from bailiwick.kernel.access.refusals import record_refusals
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.keys import MARK, key_digest

Entry = AbstractContextManager[Actor | None]
WITHOUT_SCOPE = ("/health/", "/metrics", "/static/")


class ScopeMiddleware:
    """Opens one transaction, enters the scope of the credential, and rolls back whatever answers 400 or more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor, request.credential_error, request.refusals = None, "", []  # type: ignore[attr-defined]
        if request.path.startswith(WITHOUT_SCOPE):
            return self.get_response(request)
        try:
            response = self._answer(request)
        finally:
            record_refusals(request)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        _drop_dead_connection()
        with transaction.atomic(), entry_of(request) as actor:
            request.actor = actor  # type: ignore[attr-defined]
            if actor:
                structlog.contextvars.bind_contextvars(
                    organization_id=str(actor.organization_id), member_id=str(actor.member_id)
                )
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response


def _drop_dead_connection() -> None:
    """A server that was restarted has said goodbye on the socket: heard here without a round trip, and opened anew."""
    if connection.connection is None or connection.in_atomic_block:
        return
    listener = select.poll()
    listener.register(connection.connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if listener.poll(0):
        connection.close()


def entry_of(request: HttpRequest) -> Entry:
    """How the request's credential enters its scope: key, token, session, or none at all."""
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if kind:
        if kind.lower() == "bearer" and secret.startswith(MARK):
            return Presented(request, enter_by_key(key_digest(secret), request_id=request.request_id))  # type: ignore[attr-defined]
        if kind.lower() == "bearer":
            return Presented(request, _by_token(request, secret))
        request.credential_error = _("The Authorization header is not of the form “Bearer …”.")  # type: ignore[attr-defined]
        return nullcontext()
    return _by_session(request)


def _by_token(request: HttpRequest, secret: str) -> Entry:
    try:
        token = AccessToken(secret)  # type: ignore[arg-type]
        organization_id, member_id = UUID(token["organization"]), UUID(token["member"])
        issued_at = datetime.fromtimestamp(token["iat"], UTC)
    except (TokenError, KeyError, ValueError, TypeError):
        return nullcontext()
    return enter_as_member(
        organization_id,
        member_id,
        issued_at=issued_at,
        credential=Credential.TOKEN,
        request_id=request.request_id,  # type: ignore[attr-defined]
    )


def _by_session(request: HttpRequest) -> Entry:
    signed_in = request.session.get("signed_in")
    if not signed_in:
        return nullcontext()
    return enter_as_member(
        UUID(signed_in["organization"]),
        UUID(signed_in["member"]),
        issued_at=datetime.fromisoformat(signed_in["at"]),
        credential=Credential.SESSION,
        request_id=request.request_id,  # type: ignore[attr-defined]
    )


class Presented(AbstractContextManager[Actor | None]):
    """Remembers that a credential was given and not accepted, so that no endpoint takes it for absent."""

    def __init__(self, request: HttpRequest, entry: Entry) -> None:
        self.request, self.entry = request, entry

    def __enter__(self) -> Actor | None:
        actor = self.entry.__enter__()
        if actor is None:
            self.request.credential_error = _("The key or token is not valid, has run out or was revoked.")  # type: ignore[attr-defined]
        return actor

    def __exit__(self, *failure: object) -> bool | None:
        return self.entry.__exit__(*failure)  # type: ignore[arg-type]


def check_form_organization(request: HttpRequest) -> None:
    """Raises WrongOrganization when a form was rendered for another organisation than the session's present one."""
    given = request.POST.get("organization", "")
    if given and request.actor and given != str(request.actor.organization_id):  # type: ignore[attr-defined]
        raise WrongOrganization
