"""The link to a new password: signed, for one person, for an hour, good until the password is another."""

from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from bailiwick.kernel.identity.models import User


class _Signature(PasswordResetTokenGenerator):
    """Bound to whatever changes with the password and with whom the link was sent to."""

    key_salt = "bailiwick.identity.links"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        assert isinstance(user, User)
        return f"{user.id}|{user.password}|{user.email}|{timestamp}"


_signature = _Signature()


def make_link(user: User) -> str:
    """The secret part of a link."""
    return f"{user.id.hex}-{_signature.make_token(user)}"


def person_of(link: str) -> UUID | None:
    """Whose link it claims to be."""
    try:
        return UUID(hex=link.partition("-")[0])
    except ValueError:
        return None


def is_valid(link: str, user: User) -> bool:
    """Whether we signed it for this person within the last PASSWORD_RESET_TIMEOUT seconds, and it was not used."""
    return user.is_active and _signature.check_token(user, link.partition("-")[2])
