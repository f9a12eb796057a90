"""Predictions by API: submit, list, claim, decide, release."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from bailiwick.apps.predictions.actions.ingest import submit_prediction
from bailiwick.apps.predictions.actions.review import decide_prediction
from bailiwick.apps.predictions.api import schema
from bailiwick.apps.predictions.api.filters import PredictionFilter
from bailiwick.apps.predictions.api.presenting import show_claim, show_standing
from bailiwick.apps.predictions.api.serializers import (
    AnswerSerializer,
    NarrowSerializer,
    NewPredictionSerializer,
    TokenSerializer,
    answer,
    new_prediction,
)
from bailiwick.apps.predictions.manifest import REVIEW, REVIEW_QUEUE, SUBMIT
from bailiwick.apps.predictions.queries.predictions import get_prediction, list_narrowed, list_predictions
from bailiwick.apps.predictions.queries.records import get_claimed_record, list_records
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.api.views import Endpoint, ListEndpoint
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.worklist.actions import claim_next, release_item, renew_lease


class Predictions(ListEndpoint):
    """Submit a prediction, or list those that one may see, newest first."""

    right = {"GET": MEMBER, "POST": SUBMIT}
    published_members = {"message": lambda problem: problem["detail"]}
    filterset_class = PredictionFilter

    def rows(self) -> Any:
        return list_predictions(self.actor).values("id")

    def present(self, rows: list[Any]) -> list[Any]:
        return [show_standing(*standing) for standing in list_records([row["id"] for row in rows])]

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
        [standing] = list_records([get_prediction(self.actor, prediction_id).id])
        return self.respond(show_standing(*standing))


class ClaimNext(Endpoint):
    """The prediction that I hold, or the oldest free one; 204 when nothing is left for me."""

    right = REVIEW

    @extend_schema(request=NarrowSerializer, responses={200: schema.CLAIM, 204: None}, tags=["review"])
    def post(self, request: Request) -> HttpResponse:
        asked = self.read(NarrowSerializer)
        model, version = asked.get("model", ("", ""))
        narrowed = list_narrowed(model=model, version=version, reason_code=asked.get("reason_id"))
        return self.respond(claimed(self.actor, narrowed))


class Decide(Endpoint):
    """My answer to the prediction that I hold; the same answer again returns what is stored."""

    right = REVIEW

    @extend_schema(request=AnswerSerializer, responses={201: schema.DECIDED, 200: schema.DECIDED}, tags=["review"])
    def post(self, request: Request, prediction_id: UUID) -> HttpResponse:
        given = self.read(AnswerSerializer)
        decided = decide_prediction(
            actor=self.actor, prediction_id=prediction_id, token=given["claim_token"], answer=answer(given)
        )
        body = {"status": "success", "id": decided.decision.id, "prediction": prediction_id}
        if given["claim_next"]:
            body["next"] = claimed(self.actor)
        return self.respond(body, status=200 if decided.is_repeat else 201)


class Release(Endpoint):
    """Give a prediction back to its place in the queue."""

    right = REVIEW

    @extend_schema(request=TokenSerializer, responses={200: schema.RELEASED}, tags=["review"])
    def post(self, request: Request, prediction_id: UUID) -> HttpResponse:
        token = self.read(TokenSerializer)["claim_token"]
        release_item(actor=self.actor, queue_code=REVIEW_QUEUE.code, subject_id=prediction_id, token=token)
        return self.respond({"status": "success", "prediction": prediction_id})


class Renew(Endpoint):
    """Start my lease anew."""

    right = REVIEW

    @extend_schema(request=TokenSerializer, responses={200: schema.RENEWED}, tags=["review"])
    def post(self, request: Request, prediction_id: UUID) -> HttpResponse:
        token = self.read(TokenSerializer)["claim_token"]
        item = renew_lease(actor=self.actor, queue_code=REVIEW_QUEUE.code, subject_id=prediction_id, token=token)
        return self.respond({"status": "success", "lease_expires_at": item.available_at})


def claimed(actor: Actor, narrowed: Any = None) -> dict[str, Any] | None:
    """Claim, and read what was claimed; None when nothing is left."""
    claim = claim_next(actor=actor, queue_code=REVIEW_QUEUE.code, subjects=narrowed)
    if claim is None:
        return None
    return show_claim(claim, get_claimed_record(claim.subject_id))
