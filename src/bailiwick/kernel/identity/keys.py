"""What an API key looks like."""

import hashlib
import secrets

MARK = "bw_"


def new_key() -> str:
    """A fresh key: the mark and 256 random bits."""
    return MARK + secrets.token_urlsafe(32)


def key_digest(key: str) -> bytes:
    """SHA-256 of a key; enough, because a key is random and long (nobody can guess what to hash)."""
    return hashlib.sha256(key.encode()).digest()


def key_prefix(key: str) -> str:
    """What is shown of a key afterwards."""
    return key[: len(MARK) + 8]
