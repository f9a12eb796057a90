"""By what a person can come in, from what they have."""

from collections.abc import Collection

from bailiwick.kernel.identity.choices import Method


def ways_in(*, has_password: bool, has_application: bool, has_passkey: bool) -> set[str]:
    """The methods open to a person; the organisation's own sign-in is not theirs to lose."""
    ways = {Method.PROVIDER.value}
    if has_password:
        ways.add(Method.PASSWORD)
    if has_password and has_application:
        ways.add(Method.TWO_FACTOR)
    if has_passkey:
        ways.add(Method.PASSKEY)
    return ways


def is_locked_out(taken: Collection[str], before: set[str], after: set[str]) -> bool:
    """Whether somebody could come in by what an organisation takes, and could not any more."""
    return not before.isdisjoint(taken) and after.isdisjoint(taken)
