"""Who is asked again: a draw that anybody can repeat and nobody can foresee."""

import hashlib
import hmac
from decimal import Decimal

PLACES = 10**8
FIRST, SECOND, THIRD = 1, 2, 3
FIRST_GOLD_ROUND = 101
"""From here on a round asks for an answer that is known."""


def draw(key: bytes, *words: object) -> Decimal:
    """A number from 0 up to 1, evenly spread: HMAC-SHA-256 of the words under a key of the organisation.

    The same words give the same number, so that a sample can be checked afterwards.
    """
    digest = hmac.digest(key, "\n".join(map(str, words)).encode(), hashlib.sha256)
    return Decimal(int.from_bytes(digest[:8]) * PLACES >> 64) / PLACES


def is_gold(round: int) -> bool:
    """Whether the answer that a round asks for is known."""
    return round >= FIRST_GOLD_ROUND
