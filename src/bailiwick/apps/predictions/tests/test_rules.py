from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailiwick.apps.predictions.choices import Confidence
from bailiwick.apps.predictions.rules import confidence_of, is_agreement


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


@given(st.sampled_from(["accept", "reject"]), st.lists(st.sampled_from(["confirmed", "overridden"])))
def test_people_agree_only_when_verdict_and_every_reason_stand(verdict: str, outcomes: list[str]) -> None:
    assert is_agreement(verdict, verdict, outcomes) is ("overridden" not in outcomes)
    assert not is_agreement(verdict, "accept" if verdict == "reject" else "reject", outcomes)
