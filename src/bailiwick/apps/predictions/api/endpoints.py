"""Predictions by API: submit, list, read."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from bailiwick.apps.predictions.actions.disclosing import show_predictions
from bailiwick.apps.predictions.actions.ingest import submit_prediction
from bailiwick.apps.predictions.api import schema
from bailiwick.apps.predictions.api.filters import PredictionFilter
from bailiwick.apps.predictions.api.presenting import show_standing
from bailiwick.apps.predictions.manifest import SUBMIT
from bailiwick.apps.predictions.queries.predictions import get_prediction, list_predictions
from bailiwick.apps.predictions.queries.records import list_records
from bailiwick.apps.predictions.reading import NewPredictionSerializer, new_prediction
from bailiwick.kernel.api.views import Endpoint, ListEndpoint
from bailiwick.kernel.base.rights import MEMBER


class Predictions(ListEndpoint):
    """Submit a prediction, or list those that one may see, newest first."""

    right = {"GET": MEMBER, "POST": SUBMIT}
    published_members = {"message": lambda problem: problem["detail"]}
    filterset_class = PredictionFilter

    def rows(self) -> Any:
        return list_predictions(self.actor).values("id")

    def present(self, rows: list[Any]) -> list[Any]:
        keys = [row["id"] for row in rows]
        show_predictions(actor=self.actor, prediction_ids=keys)
        return [show_standing(standing) for standing in list_records(self.actor, keys)]

    @extend_schema(responses=schema.page_of_predictions, tags=["predictions"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        request=NewPredictionSerializer, responses={201: schema.STORED, 200: schema.STORED}, tags=["predictions"]
    )
    def post(self, request: Request) -> HttpResponse:
        new = new_prediction(self.read(NewPredictionSerializer))
        prediction, is_new = submit_prediction(actor=self.actor, new=new)
        return self.respond({"status": "success", "id": prediction.id}, status=201 if is_new else 200)


class OnePrediction(Endpoint):
    """One prediction and what became of it."""

    right = MEMBER

    @extend_schema(responses=schema.PREDICTION, tags=["predictions"])
    def get(self, request: Request, prediction_id: UUID) -> HttpResponse:
        keys = [get_prediction(self.actor, prediction_id).id]
        show_predictions(actor=self.actor, prediction_ids=keys)
        [standing] = list_records(self.actor, keys)
        return self.respond(show_standing(standing))
