"""Secrets at rest: what has to be read again, and so cannot be hashed, is stored encrypted.

Fernet (AES-128-CBC with HMAC-SHA-256). Keys come from BAILIWICK_ENCRYPTION_KEYS, the newest first: it seals, all of
them open, and `bailiwick secrets rotate` seals anew whatever an older one sealed.
"""

from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class NotOpened(Exception):
    """No key that we have opens it: a key was dropped from the settings too early, or the value was changed."""


def new_key() -> str:
    """A fresh key, as it stands in the settings."""
    return Fernet.generate_key().decode()


def is_key(text: str) -> bool:
    """Whether it is a key at all: 32 bytes in base 64."""
    try:
        Fernet(text)
    except ValueError:
        return False
    return True


@cache
def _vault(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _present() -> MultiFernet:
    return _vault(tuple(settings.ENCRYPTION_KEYS))


def seal(secret: str) -> bytes:
    """The secret, encrypted with the newest key."""
    return _present().encrypt(secret.encode())


def unseal(sealed: bytes) -> str:
    """The secret; raises NotOpened."""
    try:
        return _present().decrypt(sealed).decode()
    except InvalidToken as failure:
        raise NotOpened from failure


def is_newest(sealed: bytes) -> bool:
    """Whether the newest key sealed it."""
    try:
        Fernet(settings.ENCRYPTION_KEYS[0]).decrypt(sealed)
    except InvalidToken:
        return False
    return True


def reseal(sealed: bytes) -> bytes:
    """The same secret under the newest key; raises NotOpened."""
    try:
        return _present().rotate(sealed)
    except InvalidToken as failure:
        raise NotOpened from failure


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """A text that stands in the database encrypted. It cannot be searched, and empty is empty."""

    def get_prep_value(self, value: Any) -> Any:
        return seal(value) if value else b""

    def from_db_value(self, value: Any, expression: object, connection: object) -> str:
        return unseal(bytes(value)) if value else ""

    def to_python(self, value: Any) -> Any:
        return value
