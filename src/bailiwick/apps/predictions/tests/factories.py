"""Predictions for tests."""

from itertools import count
from typing import Any

from bailiwick.apps.predictions.actions.ingest import submit_prediction
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.values import Answer, NewPrediction, NewReason, ReasonAnswer
from bailiwick.kernel.access.actors import Actor

_numbers = count(1)


def new_prediction(**values: Any) -> NewPrediction:
    """A rejection for one reason of the catalogue, of a product never seen before."""
    given = {
        "product_id": f"P-{next(_numbers)}",
        "verdict": "reject",
        "reasons": (NewReason("The phrase promises access for life.", "High", code=266544),),
    }
    return NewPrediction(**(given | values))


def submitted(actor: Actor, **values: Any) -> Prediction:
    prediction, _is_new = submit_prediction(actor=actor, new=new_prediction(**values))
    return prediction


def confirming(*codes: int, verdict: str = "reject") -> Answer:
    return Answer(verdict, tuple(ReasonAnswer(code, "confirmed") for code in codes or (266544,)))
