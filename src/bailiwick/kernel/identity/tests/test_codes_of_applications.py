"""Codes of an application, and those on paper."""

import pytest

from bailiwick.kernel.identity.rules.pictures import qr_code
from bailiwick.kernel.identity.rules.recovery_codes import MANY, digest_of, is_like_one, new_codes
from bailiwick.kernel.identity.rules.totp import STEP, address_of, code_at, new_secret, step_of
from bailiwick.kernel.identity.rules.ways import is_locked_out, ways_in

OF_THE_STANDARD = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""12345678901234567890 in base 32: the secret of RFC 6238, appendix B."""


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(at: int, code: str) -> None:
    """RFC 6238, appendix B; six digits are the last six of its eight."""
    assert step_of(OF_THE_STANDARD, code[2:], at=at, after=0) == at // STEP


@pytest.mark.parametrize(("steps_off", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_half_a_minute(steps_off: int, counts: bool) -> None:
    secret, now = new_secret(), 1_800_000_000
    step = now // STEP + steps_off
    assert (step_of(secret, code_at(secret, step), at=now, after=0) is not None) is counts


def test_a_step_counts_once_and_so_does_what_came_before_it() -> None:
    secret, now = new_secret(), 1_800_000_000
    used = step_of(secret, code_at(secret, now // STEP), at=now, after=0)
    assert used == now // STEP
    for step in (used - 1, used):
        assert step_of(secret, code_at(secret, step), at=now, after=used) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-12345", "12345\x00"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert step_of(OF_THE_STANDARD, typed, at=59, after=0) is None


def test_a_code_may_be_typed_with_a_space() -> None:
    assert step_of(OF_THE_STANDARD, " 287 082 ", at=59, after=0) == 1


def test_the_address_says_who_and_where() -> None:
    address = address_of(OF_THE_STANDARD, "ada@example.org")
    assert address.startswith("otpauth://totp/Bailiwick:ada%40example.org?")
    assert f"secret={OF_THE_STANDARD}" in address


def test_a_picture_has_no_style_that_a_strict_policy_would_drop() -> None:
    picture = qr_code("otpauth://totp/x", 'For "you" & me <b>')
    assert "style" not in picture
    assert picture.startswith('<svg role="img"')
    assert "<title>For" in picture
    assert "<b>" not in picture


def test_recovery_codes_are_many_and_apart() -> None:
    codes = new_codes()
    assert len(set(codes)) == MANY
    assert all(is_like_one(code) and not is_like_one("123456") for code in codes)


def test_a_recovery_code_may_be_typed_as_it_was_read() -> None:
    assert digest_of("0123-4561-89ab-cdef") == digest_of(" O123 456l 89AB CDEF ")
    assert digest_of("0123-4561-89ab-cdef") != digest_of("0123-4561-89ab-cdeg")


def test_the_ways_in_follow_from_what_somebody_has() -> None:
    nothing = {"has_password": False, "has_application": False, "has_passkey": False}
    assert ways_in(**nothing) == set()
    assert ways_in(**nothing | {"has_application": True}) == set()
    assert ways_in(**nothing | {"has_password": True, "has_application": True}) == {"password", "two_factor"}
    assert ways_in(**nothing | {"has_passkey": True}, has_provider=True) == {"provider", "passkey"}


@pytest.mark.parametrize(
    ("taken", "before", "after", "is_locked"),
    [
        ({"passkey"}, {"passkey", "password"}, {"password"}, True),
        ({"passkey", "password"}, {"passkey", "password"}, {"password"}, False),
        ({"two_factor"}, {"passkey", "password"}, {"password"}, False),
        ({"passkey"}, {"passkey"}, {"passkey"}, False),
    ],
)
def test_only_who_could_come_in_is_locked_out(
    taken: set[str], before: set[str], after: set[str], is_locked: bool
) -> None:
    assert is_locked_out(taken, before, after) is is_locked
