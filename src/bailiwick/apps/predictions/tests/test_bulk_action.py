"""The action behind it: what it sends to the database, and what the database may refuse."""

from decimal import Decimal
from typing import Any

import pytest

from bailiwick.apps.predictions.actions.bulk import MOST_ROWS, submit_predictions
from bailiwick.apps.predictions.errors import Unstorable
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.tests.factories import new_prediction

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(organization: Any, member: Any, actor_of: Any) -> Any:
    return actor_of(member(organization, "submitter", kind="program"))


def test_a_value_that_the_database_refuses_is_that_rows_error(actor: Any, organization: Any, scope: Any) -> None:
    rows = [new_prediction(confidence=Decimal(12 if number == 3 else 1)) for number in range(6)]
    with scope(organization):
        outcomes = submit_predictions(actor=actor, rows=rows)
        assert [isinstance(outcome.refusal, Unstorable) for outcome in outcomes] == [n == 3 for n in range(6)]
        stored = [outcome.id for outcome in outcomes if outcome.is_new]
        assert list(Prediction.objects.order_by("id").values_list("id", flat=True)) == stored


def test_the_statements_do_not_grow_with_the_rows(
    actor: Any, organization: Any, scope: Any, count_statements: Any
) -> None:
    counts = []
    with scope(organization):
        submit_predictions(actor=actor, rows=[new_prediction(model_name="judge")])
        for size in (2, 200):
            with count_statements() as seen:
                submit_predictions(actor=actor, rows=[new_prediction(model_name="judge") for _ in range(size)])
            counts.append(seen.count)
    assert counts == [6, 6]


def test_no_more_than_a_chunk_goes_into_one_transaction(actor: Any, organization: Any, scope: Any) -> None:
    with scope(organization), pytest.raises(AssertionError):
        submit_predictions(actor=actor, rows=[new_prediction()] * (MOST_ROWS + 1))
