"""Mailed links: to a new password, for an hour, and to confirm an address, for a day; signed, for one person."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.signing import BadSignature, TimestampSigner

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


ADDRESS_LINK_LIFE = timedelta(hours=24)

_address_signature = TimestampSigner(salt="bailiwick.identity.links.address")


def _claim(user: User) -> str:
    """That this address is this person's."""
    return f"{user.id.hex}|{user.email}"


def make_address_link(user: User) -> str:
    """The secret part of a link that confirms the person's present mail address; it tells neither of them."""
    claim = _claim(user)
    return _address_signature.sign(claim).removeprefix(f"{claim}:")


def confirms_address(link: str, user: User) -> bool:
    """Whether we signed it for this person and their present address within the last day, and it was not used."""
    if not user.is_active or not user.email or user.email_confirmed_at:
        return False
    try:
        _address_signature.unsign(f"{_claim(user)}:{link}", max_age=ADDRESS_LINK_LIFE)
    except BadSignature:
        return False
    return True
