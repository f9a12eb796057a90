from decimal import Decimal

import pytest

from bailiwick.apps.predictions.choices import Confidence
from bailiwick.apps.predictions.rules import confidence_of


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
