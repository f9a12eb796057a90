"""Numbers of claims: what people read to each other, told from no counter."""

from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U."""


def make_number(claim_id: UUID) -> str:
    """The number of a claim with this key: 60 of its random bits, in groups of four."""
    bits = claim_id.int & (1 << 60) - 1
    letters = "".join(ALPHABET[bits >> shift & 31] for shift in range(55, -1, -5))
    return f"C-{letters[:4]}-{letters[4:8]}-{letters[8:]}"
