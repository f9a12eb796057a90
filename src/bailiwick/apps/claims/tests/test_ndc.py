"""National Drug Codes: from the forms of packages to the one of bills."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailiwick.apps.claims.rules.ndc import FORMS, UNIFORM_FROM, NotAnNdc, dash, normalise, tidy

NOW, LATER = date(2026, 11, 1), UNIFORM_FROM


def _number(size):
    return st.text("0123456789", min_size=size, max_size=size)


segments = st.sampled_from(FORMS).flatmap(lambda form: st.tuples(*map(_number, form)))


@pytest.mark.parametrize(
    ("given", "eleven"),
    [
        ("1234-5678-91", "01234567891"),
        ("12345-678-91", "12345067891"),
        ("12345-6789-1", "12345678901"),
        ("12345-6789-01", "12345678901"),
        ("12345678901", "12345678901"),
    ],
)
def test_each_form_becomes_eleven_digits(given, eleven):
    """FDA, National Drug Code Directory; 5-4-2 by noughts in front of the short segment (45 CFR 162.1002)."""
    assert normalise(given, NOW) == eleven


@given(segments)
def test_what_is_normal_stays_as_it_is(parts):
    normal = normalise("-".join(parts), NOW)
    assert normalise(normal, NOW) == normal == normalise(dash(normal), NOW)
    assert [int(part) for part in dash(normal).split("-")] == [int(part) for part in parts]


@given(segments)
def test_from_2033_there_are_twelve_digits(parts):
    """FDA, 91 FR 10749: labeler of six digits, product of four, package of two, from 7 March 2033."""
    normal = normalise("-".join(parts), LATER)
    assert len(normal) == 12
    assert normalise(dash(normal), LATER) == normal == normalise(normal, LATER)


def test_ten_digits_without_dashes_are_three_codes():
    with pytest.raises(NotAnNdc) as refused:
        normalise("1234567891", NOW)
    assert refused.value.right == ("01234567891", "12345067891", "12345678901")


@pytest.mark.parametrize("text", ["", "123456-7890-12", "123456789012", "1234-567-89", "12345678901X", "12345-6789"])
def test_what_has_no_form_of_the_day_is_none(text):
    with pytest.raises(NotAnNdc):
        normalise(text, NOW)


def test_what_cannot_be_read_is_kept_as_it_was_given():
    assert tidy("1234567891", NOW) == "1234567891"
    assert tidy(" 1234-5678-91 ", NOW) == "01234567891"
