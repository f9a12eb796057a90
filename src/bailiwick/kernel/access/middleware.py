"""The one transaction of a request, and in whose name it runs."""

import select
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.entry import NotTaken, enter_by_key, enter_by_session
from bailiwick.kernel.access.refusals import record_refusals
from bailiwick.kernel.base.callers import caller_of
from bailiwick.kernel.identity.choices import SessionKind
from bailiwick.kernel.identity.errors import KeyNotFromHere, KeyTooBusy, MethodNotTaken
from bailiwick.kernel.identity.keys import MARK, key_digest
from bailiwick.kernel.identity.tokens import read_access
from bailiwick.kernel.tenancy.scope import assume, current_scope

Entry = AbstractContextManager[Actor | NotTaken | None]
WITHOUT_SCOPE = ("/health/", "/metrics", "/static/")


class ScopeMiddleware:
    """Opens one transaction, enters the scope of the credential, and rolls back whatever answers 400 or more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor, request.refusals = None, []  # type: ignore[attr-defined]
        request.credential_error, request.credential_refusal, request.not_taken = "", None, None  # type: ignore[attr-defined]
        if request.path.startswith(WITHOUT_SCOPE):
            return self.get_response(request)
        came_from = {"request_id": request.request_id, "address": caller_of(request).address}  # type: ignore[attr-defined]
        with assume(replace(current_scope(), **came_from)):
            try:
                return self._answer(request)
            finally:
                record_refusals(request)

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


def entry_of(request: HttpRequest) -> AbstractContextManager[Actor | None]:
    """How the request's credential enters its scope: key, token, session, or none at all."""
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if not kind:
        return _by_session(request)
    if kind.lower() != "bearer":
        request.credential_error = _("The Authorization header is not of the form “Bearer …”.")  # type: ignore[attr-defined]
        return nullcontext()
    if secret.startswith(MARK):
        request_id = request.request_id  # type: ignore[attr-defined]
        return Presented(request, enter_by_key(key_digest(secret), caller=caller_of(request), request_id=request_id))
    session_id = read_access(secret)
    return Presented(request, _of_session(request, session_id, SessionKind.TOKEN) if session_id else nullcontext())


def _by_session(request: HttpRequest) -> AbstractContextManager[Actor | None]:
    signed_in = request.session.get("signed_in")
    if not signed_in or "session" not in signed_in:
        return nullcontext()
    return Remembered(request, _of_session(request, UUID(signed_in["session"]), SessionKind.BROWSER))


def _of_session(request: HttpRequest, session_id: UUID, kind: str) -> Entry:
    request_id = request.request_id  # type: ignore[attr-defined]
    return enter_by_session(session_id, kind=kind, caller=caller_of(request), request_id=request_id)


class Remembered(AbstractContextManager[Actor | None]):
    """The entry of a cookie; where the organisation does not take the way in, `not_taken` says what it asks for."""

    def __init__(self, request: HttpRequest, entry: Entry) -> None:
        self.request, self.entry = request, entry

    def __enter__(self) -> Actor | None:
        found = self.entry.__enter__()
        if isinstance(found, NotTaken):
            self.request.not_taken = found  # type: ignore[attr-defined]
            return None
        return found

    def __exit__(self, *failure: Any) -> bool | None:
        return self.entry.__exit__(*failure)


class Presented(Remembered):
    """The entry of a header: one that is not accepted is remembered, so that no endpoint takes it for absent."""

    def __enter__(self) -> Actor | None:
        try:
            actor = super().__enter__()
        except (KeyNotFromHere, KeyTooBusy) as refusal:
            self.request.credential_refusal = refusal  # type: ignore[attr-defined]
            self.entry = nullcontext()
            return None
        if self.request.not_taken:  # type: ignore[attr-defined]
            self.request.credential_error = str(MethodNotTaken.message)  # type: ignore[attr-defined]
        elif actor is None:
            self.request.credential_error = _("The key or token is not valid, has run out or was revoked.")  # type: ignore[attr-defined]
        return actor
