from decimal import Decimal

import pytest

from bailiwick.apps.predictions.choices import Confidence, Layout
from bailiwick.apps.predictions.rules import column_of, confidence_of, guess, shape


@pytest.mark.parametrize(
    ("score", "word"),
    [
        ("1", Confidence.HIGH),
        ("0.9", Confidence.HIGH),
        ("0.89999999", Confidence.MEDIUM),
        ("0.6", Confidence.MEDIUM),
        ("0.59", Confidence.LOW),
        ("0", Confidence.LOW),
    ],
)
def test_the_word_follows_from_the_score(score: str, word: Confidence) -> None:
    assert confidence_of(Decimal(score)) == word


@pytest.mark.parametrize(
    ("columns", "has_objects", "layout", "mapping"),
    [
        (["SKU", "Description"], False, Layout.COLUMNS, {"product_id": "SKU", "text": "Description"}),
        (["product_id", "id"], False, Layout.COLUMNS, {"product_id": "product_id"}),
        (["product_id", "rejection_reasons"], True, Layout.OBJECTS, {}),
        (["product_id", "verdict"], True, Layout.OBJECTS, {}),
        (["product_id", "reason"], True, Layout.COLUMNS, {"product_id": "product_id", "reason": "reason"}),
        (["product_id", "errors"], False, Layout.COLUMNS, {"product_id": "product_id"}),
    ],
)
def test_columns_are_guessed_by_their_names(
    columns: list[str], has_objects: bool, layout: Layout, mapping: dict[str, str]
) -> None:
    assert guess(columns, has_objects=has_objects) == (layout, mapping)


def test_cells_become_what_the_api_would_be_sent() -> None:
    names = ("product_id", "verdict", "confidence", "model", "model_version", "reason_id", "reason_confidence")
    mapping = {name: name for name in (*names, "attributes", "title")}
    row = {
        "product_id": 17,
        "verdict": " Reject ",
        "confidence": "0,25",
        "model": "judge",
        "model_version": 4,
        "reason_id": "266544",
        "reason_confidence": "high",
        "attributes": '{"Price": "9"}',
        "title": "  ",
    }
    assert shape(Layout.COLUMNS, mapping, row) == {
        "product_id": "17",
        "verdict": "reject",
        "confidence": 0.25,
        "model": {"name": "judge", "version": "4"},
        "rejection_reasons": [{"reason_id": 266544, "confidence": "High"}],
        "attributes": {"Price": "9"},
    }


def test_what_is_wrong_stands_over_its_column_or_over_the_reasons() -> None:
    mapping = {"product_id": "SKU", "reason": "Why", "score": "How sure"}
    faults = {"score": "How sure", "confidence": "Why", "reason": "Why", "explanation": "explanation"}
    for field, column in faults.items():
        assert column_of(Layout.COLUMNS, mapping, f"rejection_reasons.0.{field}") == column
    assert column_of(Layout.COLUMNS, mapping, "product_id") == "SKU"
