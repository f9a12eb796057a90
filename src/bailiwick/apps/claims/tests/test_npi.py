"""National Provider Identifiers: the check digit, against the source's example and those of published samples."""

import csv
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailiwick.apps.claims.rules.npi import complete, has_check_digit, is_issued, is_npi

SAMPLES = os.environ.get("BAILIWICK_SAMPLES", "")
nines = st.from_regex(r"[12][0-9]{8}", fullmatch=True)


def test_the_example_of_the_source_is_right():
    """CMS, Requirements for NPI and NPI Check Digit: 123456789 gets the check digit 3."""
    assert complete("123456789") == "1234567893"
    assert is_npi("1234567893")


@pytest.mark.parametrize("text", ["", "123456789", "12345678931", "123456789X", "１２３４５６７８９３", "1234567890"])
def test_what_is_no_npi_is_none(text):
    assert not is_npi(text)


@given(nines)
def test_every_nine_digits_have_one_check_digit(nine):
    assert [digit for digit in "0123456789" if is_npi(nine + digit)] == [complete(nine)[-1]]


@given(nines, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(nine, place, off):
    right = complete(nine)
    wrong = right[:place] + str((int(right[place]) + off) % 10) + right[place + 1 :]
    assert not has_check_digit(wrong)


@pytest.mark.skipif(not SAMPLES, reason="BAILIWICK_SAMPLES is not set: the published samples are not there")
def test_the_npis_of_published_samples_are_judged_as_they_were():
    with (Path(SAMPLES) / "claims" / "npi_in_samples.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    judged = [(row["npi"], str(has_check_digit(row["npi"])), str(is_issued(row["npi"]))) for row in rows]
    assert judged == [(row["npi"], row["luhn_80840_ok"], row["starts_1_or_2"]) for row in rows]
    assert (len(rows), sum(has_check_digit(row["npi"]) for row in rows)) == (38, 10)
