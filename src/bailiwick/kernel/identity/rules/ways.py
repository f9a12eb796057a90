"""By what a person can come in, from what they have."""

from collections.abc import Collection

from bailiwick.kernel.identity.choices import Method


def ways_in(*, has_password: bool, has_application: bool, has_passkey: bool, has_provider: bool = False) -> set[str]:
    """The methods open to a person."""
    ways = {
        Method.PASSWORD: has_password,
        Method.TWO_FACTOR: has_password and has_application,
        Method.PASSKEY: has_passkey,
        Method.PROVIDER: has_provider,
    }
    return {method.value for method, is_open in ways.items() if is_open}


def is_locked_out(taken: Collection[str], before: set[str], after: set[str]) -> bool:
    """Whether somebody could come in by what an organisation takes, and could not any more."""
    return not before.isdisjoint(taken) and after.isdisjoint(taken)
