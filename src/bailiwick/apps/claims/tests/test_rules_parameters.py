from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from bailiwick.apps.claims.rules.parameters import OPTIONAL, SETTINGS, Parameters, from_json, to_json
from bailiwick.apps.claims.rules.pipeline import STEPS
from bailiwick.kernel.base.errors import InvalidInput

GIVEN: dict[str, Any] = {
    "off": ["duplicates"],
    "second_person_above": "5000.00",
    "duplicate_score": "0.9",
    "filing_days": 180,
    "other_payer": "ask",
    "review_codes": ["J"],
    "review_above": "10000",
    "indications": {"J1745": ["K50", "K51"]},
    "bundles": [{"whole": "97140", "part": "97530", "is_separable": True}],
    "unit_limits": {"99213": 1},
    "unpriced": "pend",
    "modifier_factors": {"50": "1.5"},
    "multiple_codes": ["1", "2"],
    "multiple_ranks": ["1", "0.5", "0.25"],
    "out_of_network": "0.6",
    "out_of_network_coinsurance": "0.4",
    "interest_basis": 360,
}


def test_an_empty_document_is_the_default() -> None:
    assert from_json({}) == Parameters()


def test_parameters_are_written_as_they_are_read() -> None:
    read = from_json(GIVEN)

    assert (read.second_person_above, read.off) == (Decimal("5000.00"), frozenset({"duplicates"}))
    assert to_json(read).keys() == GIVEN.keys()
    assert from_json(to_json(read)) == read
    assert from_json(to_json(Parameters())) == Parameters()


def test_steps_that_may_be_left_out_are_those_that_say_so() -> None:
    assert set(OPTIONAL) == {step.code for step in STEPS if step.is_optional}


def test_every_parameter_can_be_set() -> None:
    assert {setting.name for setting in SETTINGS} == {each.name for each in fields(Parameters)} == GIVEN.keys()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("off", ["providers"]),
        ("off", "duplicates"),
        ("second_person_above", "-1"),
        ("second_person_above", "1.001"),
        ("second_person_above", "NaN"),
        ("second_person_above", True),
        ("duplicate_score", "1.1"),
        ("duplicate_score", None),
        ("filing_days", "0"),
        ("filing_days", "1.5"),
        ("other_payer", "maybe"),
        ("review_codes", "J1745"),
        ("review_codes", [""]),
        ("indications", ["J"]),
        ("bundles", [{"whole": "1"}]),
        ("bundles", [{"whole": "1", "part": "1"}]),
        ("unit_limits", {"99213": "many"}),
        ("modifier_factors", {"50": "11"}),
        ("multiple_ranks", []),
        ("interest_basis", 366),
        ("colour", "red"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_name(name: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_json(GIVEN | {name: value})

    assert list(refused.value.fields) == [name]
