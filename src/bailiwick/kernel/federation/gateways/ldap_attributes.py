"""What the attributes of a directory say of an entry."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

Attributes = Mapping[str, Sequence[bytes]]
"""By the attribute's name in small letters."""

ACCOUNT_DISABLED = 0x2
"""ADS_UF_ACCOUNT_DISABLE ([MS-ADTS], section 2.2.16)."""
NEVER = (0, 0x7FFFFFFFFFFFFFFF)
"""accountExpires of an account that does not run out ([MS-ADA1], section 2.3)."""
BEGINNING = datetime(1601, 1, 1, tzinfo=UTC)
LOCKED_FOR_GOOD = "000001010000Z"
"""pwdAccountLockedTime of an account that only an administrator unlocks (draft-behera-ldap-password-policy)."""

STATES = ("userAccountControl", "accountExpires", "nsAccountLock", "loginDisabled", "pwdAccountLockedTime")
"""Attributes that may say that an account is closed."""


def is_closed(attributes: Attributes, moment: datetime) -> bool:
    """Whether the entry is of somebody who may not sign in to the directory."""
    control, expires = _number(attributes, "userAccountControl"), _number(attributes, "accountExpires")
    return bool(
        control & ACCOUNT_DISABLED
        or (expires not in NEVER and BEGINNING + timedelta(microseconds=expires // 10) < moment)
        or first(attributes, "nsAccountLock").lower() == "true"
        or first(attributes, "loginDisabled").lower() == "true"
        or first(attributes, "pwdAccountLockedTime") == LOCKED_FOR_GOOD
    )


def first(attributes: Attributes, name: str) -> str:
    """The first value of an attribute as text; what is no UTF-8 is replaced."""
    values = attributes.get(name.lower(), ())
    return values[0].decode(errors="replace") if values else ""


def subject(attributes: Attributes, name: str) -> str:
    """The attribute that tells who an entry is for good; Active Directory's objectGUID is written as a UUID."""
    values = attributes.get(name.lower(), ())
    if values and name.lower() == "objectguid" and len(values[0]) == 16:
        return str(UUID(bytes_le=values[0]))
    return first(attributes, name)


def subject_filter(name: str, given: str) -> bytes | str:
    """The value to look for, as the directory stores what `subject` told."""
    return UUID(given).bytes_le if name.lower() == "objectguid" else given


def _number(attributes: Attributes, name: str) -> int:
    text = first(attributes, name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
