"""The actor that the scope was entered with, as DRF wants to hear of it."""

from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.api.errors import ForgeryRefused
from bailiwick.kernel.identity.choices import Credential

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class ActorAuthentication(BaseAuthentication):
    """Session, token or key: the middleware has checked it; here a bad one is refused and a session guarded."""

    def authenticate(self, request: Request) -> tuple[Actor, None] | None:
        plain = request._request
        if plain.credential_refusal:  # type: ignore[attr-defined]
            raise plain.credential_refusal  # type: ignore[attr-defined]
        if plain.credential_error:  # type: ignore[attr-defined]
            raise AuthenticationFailed(plain.credential_error)  # type: ignore[attr-defined]
        actor: Actor | None = plain.actor  # type: ignore[attr-defined]
        if actor is None:
            return None
        if actor.credential == Credential.SESSION and plain.method not in SAFE:
            self._refuse_forgery(request)
        return actor, None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    @staticmethod
    def _refuse_forgery(request: Request) -> None:
        check = CSRFCheck(lambda _request: None)  # type: ignore[arg-type]
        check.process_request(request._request)
        if check.process_view(request._request, None, (), {}):  # type: ignore[arg-type]
            raise ForgeryRefused
