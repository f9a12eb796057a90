"""Access and refresh tokens: JSON Web Tokens (RFC 7519) for one person in one organisation."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken


def issue_refresh(claims: Mapping[str, str], *, not_before: datetime | None = None) -> RefreshToken:
    """A new refresh token; its number is stored and never the token, which would open the account to a reader.

    It counts as issued now, or at `not_before` where the database's clock is ahead of ours.
    """
    token = RefreshToken()
    issued_at = max(token.current_time, not_before or token.current_time)
    token.payload.update(claims, iat=issued_at.timestamp())
    OutstandingToken.objects.create(
        user_id=UUID(claims["user_id"]),
        jti=token["jti"],
        token="",
        created_at=issued_at,
        expires_at=datetime.fromtimestamp(token["exp"], UTC),
    )
    return token


def pair_of(refresh: RefreshToken) -> dict[str, str]:
    """The refresh token and an access token with the same claims, as text."""
    access = refresh.access_token
    access["iat"] = refresh["iat"]
    return {"access": str(access), "refresh": str(refresh)}


def read_refresh(text: str) -> RefreshToken | None:
    """The token, or None when it is not one of ours, has run out or is used up."""
    try:
        token = RefreshToken(text)  # type: ignore[arg-type]
        for claim in ("user_id", "organization", "member"):
            UUID(token[claim])
        issued_at(token)
    except (TokenError, KeyError, TypeError, ValueError, AttributeError):
        return None
    return token


def issued_at(token: RefreshToken) -> datetime:
    return datetime.fromtimestamp(token["iat"], UTC)


def use_up(token: RefreshToken) -> bool:
    """Refuse the token from now on; False when another request was first."""
    _row, is_first = cast(tuple[object, bool], token.blacklist())
    return is_first
