"""The codes of an authenticator application (RFC 6238: SHA-1, six digits, half a minute)."""

from hmac import compare_digest

import pyotp

STEP = 30
"""Seconds that a code stands."""
DRIFT = 1
"""Steps that the clock of a telephone may be off."""


def new_secret() -> str:
    """160 random bits in base 32."""
    return pyotp.random_base32()


def address_of(secret: str, login: str) -> str:
    """The otpauth:// address that an application reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Bailiwick")


def code_at(secret: str, step: int) -> str:
    """The code of one time step, counted from the beginning of 1970."""
    return pyotp.TOTP(secret).generate_otp(step)


def step_of(secret: str, code: str, *, at: float, after: int) -> int | None:
    """The time step that a code is of, if it is one of now and later than `after`; a step counts once."""
    typed, now = "".join(code.split()), int(at // STEP)
    if not (typed.isascii() and typed.isdigit()):
        return None
    near = range(max(now - DRIFT, after + 1), now + DRIFT + 1)
    right = [step for step in near if compare_digest(code_at(secret, step), typed)]
    return right[0] if right else None
