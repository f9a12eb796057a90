"""What is sealed opens with the keys that there are, and with no other."""

from typing import Any

import pytest
from django.core.checks import run_checks

from bailiwick.kernel.base.vault import NotOpened, is_key, is_newest, new_key, reseal, seal, unseal


def test_what_an_older_key_sealed_opens_and_is_sealed_anew(settings: Any) -> None:
    older, newer = new_key(), new_key()
    settings.ENCRYPTION_KEYS = [older]
    sealed = seal("grün")
    assert b"gr" not in sealed
    settings.ENCRYPTION_KEYS = [newer, older]
    assert unseal(sealed) == "grün"
    assert not is_newest(sealed)
    anew = reseal(sealed)
    assert is_newest(anew)
    settings.ENCRYPTION_KEYS = [newer]
    assert unseal(anew) == "grün"
    with pytest.raises(NotOpened):
        unseal(sealed)
    with pytest.raises(NotOpened):
        reseal(sealed)


def test_what_was_changed_does_not_open() -> None:
    sealed = bytearray(seal("secret"))
    sealed[40] ^= 1
    with pytest.raises(NotOpened):
        unseal(bytes(sealed))


@pytest.mark.parametrize("keys", [[], ["short"], [new_key(), "x" * 44], ["ü" * 44]])
def test_a_start_without_a_key_or_with_a_malformed_one_is_refused(settings: Any, keys: list[str]) -> None:
    settings.ENCRYPTION_KEYS = keys
    assert [problem.id for problem in run_checks() if problem.id == "base.E007"] == ["base.E007"]


def test_what_openssl_writes_is_a_key() -> None:
    assert is_key("kV3+0f/9mRkqv2vOa0zJ1mYQ3oHnJ4r8yQv7cYf3b0E=")
