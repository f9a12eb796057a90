"""What is plainly in order is read as the serializer reads it."""

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from bailiwick.apps.predictions.reading import NewPredictionSerializer, new_prediction, plain_prediction
from bailiwick.apps.predictions.values import NewPrediction
from bailiwick.kernel.api.errors import InvalidText
from bailiwick.kernel.api.rendering import from_json

texts = st.text(max_size=8) | st.sampled_from(["", " ", "P-1", " padded ", "ü", "x" * 256, "\x1c", "1"])
numbers = st.integers(-3, 3) | st.sampled_from([2**63 - 1, 2**63]) | st.floats(allow_nan=False, allow_infinity=False)
probabilities = st.sampled_from([0, 1, 0.0, -0.0, 1.0, 0.6, 0.59999999999, 0.999999999, 1.000000001, 1e-9, 0.123456789])
anything = st.none() | st.booleans() | numbers | texts | st.lists(texts, max_size=2) | st.dictionaries(texts, texts)
probable = probabilities | st.floats(0, 1) | anything | st.sampled_from(["0.5", " 0.5", "1,0"])
words = st.sampled_from(["accept", "reject", "High", "Medium", "Low", "high"]) | anything
links = st.sampled_from(["https://shop.example/a", "http://x", "ftp://x.example", "https://ü.example/ä b"]) | anything


def mapping(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=values)


models = st.sampled_from(["judge", " judge", "", "x" * 101]) | mapping(name=texts, version=texts | numbers) | anything
reasons = mapping(
    reason_id=st.integers(0, 5) | anything,
    reason=st.sampled_from(["Misleading", "x" * 255]) | anything,
    confidence=st.sampled_from(["High", "Low"]) | words,
    score=probable,
    explanation=st.sampled_from(["It says so.", "  "]) | anything,
)
rows = mapping(
    product_id=st.sampled_from(["P-1", "P-2"]) | anything,
    verdict=st.sampled_from(["accept", "reject"]) | words,
    rejection_reasons=st.lists(reasons, max_size=3) | anything,
    external_id=texts | anything,
    model=models,
    confidence=probable,
    title=texts | anything,
    text=texts | anything,
    link=links,
    attributes=st.dictionaries(texts, anything, max_size=2) | anything,
    unknown=anything,
)
WRITTEN = st.characters(codec="utf-8", exclude_characters="\0")
in_order = mapping(
    external_id=st.just("E-1"),
    model=st.sampled_from(["judge", {"name": "judge", "version": "1"}]),
    confidence=st.floats(0, 1) | st.none(),
    link=st.just("https://shop.example/a"),
    attributes=st.dictionaries(st.text(WRITTEN, max_size=3), st.integers(0, 3), max_size=2),
    text=st.just(" as it stands "),
    rejection_reasons=st.lists(
        st.builds(
            lambda code, score: {"reason_id": code, "score": score, "explanation": "Said so."},
            st.integers(0, 9),
            st.floats(0, 1),
        ),
        min_size=1,
        max_size=3,
    ),
).map(lambda row: {"product_id": "P-1", "verdict": "accept"} | row)


def by_serializer(row: Any) -> NewPrediction | None:
    try:
        return new_prediction(NewPredictionSerializer().run_validation(row))
    except ValidationError:
        return None


def as_received(row: Any) -> Any:
    try:
        return from_json(orjson.dumps(row))
    except (InvalidText, TypeError):
        return {}


@given(rows | anything)
def test_whatever_is_plain_is_what_the_serializer_makes_of_it(row: Any) -> None:
    received = as_received(row)
    plain = plain_prediction(received)
    if plain is not None:
        expected = by_serializer(received)
        assert plain == expected
        assert expected is not None
        assert plain.canonical() == expected.canonical()


@given(in_order)
def test_what_models_send_is_plain(row: dict[str, Any]) -> None:
    assert plain_prediction(as_received(row)) == by_serializer(row)
