"""Canonical JSON (RFC 8785)."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bailiwick.kernel.base.digests import canonical_json, plain_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def test_names_are_sorted_as_in_the_example_of_section_3_2_3() -> None:
    example = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert list(json.loads(canonical_json(example)).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_decimals_are_strings_and_nothing_is_added() -> None:
    assert canonical_json({"b": [Decimal("1.50"), 2], "a": {"z": None, "y": "ü"}}) == (
        '{"a":{"y":"ü","z":null},"b":["1.50",2]}'.encode()
    )


@given(VALUES)
def test_a_value_has_one_spelling_and_keeps_its_meaning(value: object) -> None:
    spelled = canonical_json(value)
    assert json.loads(spelled) == value
    assert canonical_json(json.loads(spelled)) == spelled


ASCII_NAMES = st.text(st.characters(max_codepoint=127), max_size=3)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(ASCII_NAMES, inner),
    max_leaves=20,
)


@given(PLAIN)
def test_plain_values_are_spelled_the_same_either_way(value: object) -> None:
    assert plain_json(value) == canonical_json(value)
