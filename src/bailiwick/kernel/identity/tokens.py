"""Access and refresh tokens: JSON Web Tokens (RFC 7519) of one session, in one organisation."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken


@dataclass(frozen=True, slots=True)
class RefreshClaims:
    """What a refresh token says: its session, whose it is, and its number within the family."""

    session_id: UUID
    user_id: UUID
    number: UUID


def new_pair(session_id: UUID, number: UUID, claims: Mapping[str, str]) -> dict[str, str]:
    """A refresh token with this number and an access token, as text; `claims` are for the client to read."""
    refresh = RefreshToken()
    refresh.payload.update(claims, sid=str(session_id), jti=number.hex)
    return {"access": str(refresh.access_token), "refresh": str(refresh)}


def read_refresh(text: str) -> RefreshClaims | None:
    """What the token says, or None when it is not one of ours or has run out."""
    try:
        token = RefreshToken(text)  # type: ignore[arg-type]
        return RefreshClaims(UUID(token["sid"]), UUID(token["user_id"]), UUID(token["jti"]))
    except (TokenError, KeyError, TypeError, ValueError, AttributeError):
        return None


def read_access(text: str) -> UUID | None:
    """The session that an access token is of, or None."""
    try:
        return UUID(AccessToken(text)["sid"])  # type: ignore[arg-type]
    except (TokenError, KeyError, TypeError, ValueError, AttributeError):
        return None
