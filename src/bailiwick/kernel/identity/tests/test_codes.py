"""User codes: what is written is read, and what was read wrong is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailiwick.kernel.identity.rules.codes import (
    ALPHABET,
    CHECKS,
    LENGTH,
    check_symbol,
    new_code,
    read_code,
    write_code,
)

bodies = st.text(alphabet=ALPHABET, min_size=LENGTH, max_size=LENGTH)
codes = bodies.map(lambda body: body + check_symbol(body))
places = st.integers(0, LENGTH - 1)


@pytest.mark.parametrize(
    ("number", "symbol"),
    [(0, "0"), (1, "1"), (31, "Z"), (32, "*"), (33, "~"), (34, "$"), (35, "="), (36, "U"), (37, "0")],
)
def test_the_check_symbol_is_the_remainder_modulo_37(number: int, symbol: str) -> None:
    """The table of check symbols on crockford.com/base32.html."""
    body = ALPHABET[number // 32] + ALPHABET[number % 32]
    assert check_symbol(body) == symbol


def test_new_codes_are_read_and_differ() -> None:
    made = {new_code() for _time in range(200)}
    assert len(made) == 200
    assert all(len(code) == LENGTH + 1 and read_code(code) == code for code in made)


@given(codes)
def test_what_is_written_is_read(code: str) -> None:
    written = write_code(code)
    assert [len(group) for group in written.split("-")] == [5, 5, 5, 5, 1]
    assert read_code(written) == code


@given(codes, st.randoms())
def test_case_hyphens_spaces_and_look_alikes_are_forgiven(code: str, chance: object) -> None:
    likes = {"0": "0Oo", "1": "1IiLl"}
    spoken = "".join(chance.choice(likes.get(each, each + each.lower())) for each in code)  # type: ignore[attr-defined]
    assert read_code(f" {spoken[:7]} -{spoken[7:]}-\n") == code


@given(codes, places, st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code: str, place: int, other: str) -> None:
    wrong = code[:place] + other + code[place + 1 :]
    assert read_code(wrong) == (code if wrong == code else None)


@given(codes, st.integers(0, LENGTH - 2))
def test_two_swapped_characters_are_noticed(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert read_code(swapped) == (code if swapped == code else None)


@given(codes, st.sampled_from(CHECKS))
def test_a_wrong_check_symbol_is_refused(code: str, symbol: str) -> None:
    wrong = code[:LENGTH] + symbol
    assert read_code(wrong) == (code if wrong == code else None)


@given(st.text(max_size=40))
def test_nothing_else_is_a_code(text: str) -> None:
    code = read_code(text)
    assert code is None or (set(code[:LENGTH]) <= set(ALPHABET) and check_symbol(code[:LENGTH]) == code[LENGTH:])


@pytest.mark.parametrize(
    "text", ["", "-", "U" * 21, "0" * 20, "0" * 22, "0" * 21 + "\x00", "０" * 21, "ß" * 10 + "0" * 11]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(text) is None
