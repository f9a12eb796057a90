"""Codes on paper, for the day on which the application is lost: 80 random bits each, so that a hash keeps them."""

import secrets
from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing in it is read for something else."""
MANY, LENGTH, GROUP = 10, 16, 4
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, "–": None, " ": None})


def new_codes() -> list[str]:
    """Ten codes, as they are shown."""
    return [_new_code() for _ in range(MANY)]


def _new_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def is_like_one(text: str) -> bool:
    """Whether this has the form of a recovery code, and not that of an application's six digits."""
    return len(_letters(text)) == LENGTH


def digest_of(text: str) -> bytes:
    """SHA-256 of a code as it is meant, however it was typed."""
    return sha256(_letters(text).encode()).digest()


def _letters(text: str) -> str:
    return "".join(text.split()).upper().translate(_MISREAD)
