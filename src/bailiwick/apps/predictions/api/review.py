"""Reviewing by API: claim, decide, pass on, take back."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from bailiwick.apps.predictions.actions.disclosing import show_predictions
from bailiwick.apps.predictions.actions.review import (
    decide_prediction,
    escalate_prediction,
    skip_prediction,
    undo_decision,
)
from bailiwick.apps.predictions.api import schema
from bailiwick.apps.predictions.api.presenting import show_claim
from bailiwick.apps.predictions.api.serializers import (
    AnswerSerializer,
    NarrowSerializer,
    PassOnSerializer,
    TokenSerializer,
    answer,
)
from bailiwick.apps.predictions.manifest import AUDIT, DISPUTE_QUEUE, REVIEW, REVIEW_QUEUE, TO_REVIEW
from bailiwick.apps.predictions.queries.predictions import list_narrowed
from bailiwick.apps.predictions.queries.records import get_claimed_record
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.worklist.actions import claim_next, release_item, renew_lease
from bailiwick.kernel.worklist.claiming import Claim, claim_of


class ClaimNext(Endpoint):
    """The prediction that I hold, or the oldest free one; 204 when nothing is left for me."""

    right = REVIEW

    @extend_schema(request=NarrowSerializer, responses={200: schema.CLAIM, 204: None}, tags=["review"])
    def post(self, request: Request) -> HttpResponse:
        asked = self.read(NarrowSerializer)
        model, version = asked.get("model", ("", ""))
        narrowed = list_narrowed(model=model, version=version, reason_code=asked.get("reason_id"))
        return self.respond(claimed(self.actor, REVIEW_QUEUE.code, narrowed))


class ClaimDispute(Endpoint):
    """The dispute that I hold, or the oldest free one; 204 when nothing is left for me."""

    right = AUDIT

    @extend_schema(request=None, responses={200: schema.CLAIM, 204: None}, tags=["review"])
    def post(self, request: Request) -> HttpResponse:
        return self.respond(claimed(self.actor, DISPUTE_QUEUE.code))


class Decide(Endpoint):
    """My answer to the prediction that I hold; the same answer again returns what is stored."""

    right = (REVIEW, AUDIT)

    @extend_schema(request=AnswerSerializer, responses={201: schema.DECIDED, 200: schema.DECIDED}, tags=["review"])
    def post(self, request: Request, prediction_id: UUID) -> HttpResponse:
        given = self.read(AnswerSerializer)
        decided = decide_prediction(
            actor=self.actor, prediction_id=prediction_id, token=given["claim_token"], answer=answer(given)
        )
        body = {"status": "success", "id": decided.decision.id, "prediction": prediction_id}
        if given["claim_next"]:
            body["next"] = claimed(self.actor, decided.queue)
        return self.respond(body, status=200 if decided.is_repeat else 201)


class PassOn(Endpoint):
    """What skipping and escalating share."""

    right = (REVIEW, AUDIT)

    @extend_schema(request=PassOnSerializer, responses={200: schema.PASSED_ON}, tags=["review"])
    def post(self, request: Request, prediction_id: UUID) -> HttpResponse:
        given = self.read(PassOnSerializer)
        self.pass_on(actor=self.actor, prediction_id=prediction_id, token=given["claim_token"], reason=given["reason"])
        body: dict[str, Any] = {"status": "success", "prediction": prediction_id}
        if given["claim_next"]:
            body["next"] = claimed(self.actor, REVIEW_QUEUE.code)
        return self.respond(body)

    def pass_on(self, **given: Any) -> None:
        raise NotImplementedError


class Skip(PassOn):
    """Leave a prediction that I hold to somebody else, with a reason; I am not asked for it again."""

    def pass_on(self, **given: Any) -> None:
        skip_prediction(**given)


class Escalate(PassOn):
    """Give a prediction that I hold to whoever settles disputes, with a reason."""

    def pass_on(self, **given: Any) -> None:
        escalate_prediction(**given)


class Undo(Endpoint):
    """Take my decision back, within a minute; answers with its prediction, which is in my hands again."""

    right = (REVIEW, AUDIT)

    @extend_schema(request=None, responses={200: schema.UNDONE}, tags=["review"])
    def post(self, request: Request, decision_id: UUID) -> HttpResponse:
        claim = claim_of(undo_decision(actor=self.actor, decision_id=decision_id), self.actor.member_id)
        return self.respond(_shown(self.actor, claim))


class Release(Endpoint):
    """Give a prediction back to its place in the queue."""

    right = (REVIEW, AUDIT)

    @extend_schema(request=TokenSerializer, responses={200: schema.RELEASED}, tags=["review"])
    def post(self, request: Request, prediction_id: UUID) -> HttpResponse:
        token = self.read(TokenSerializer)["claim_token"]
        release_item(actor=self.actor, queue_code=REVIEW_QUEUE.code, subject_id=prediction_id, token=token)
        return self.respond({"status": "success", "prediction": prediction_id})


class Renew(Endpoint):
    """Start my lease anew."""

    right = (REVIEW, AUDIT)

    @extend_schema(request=TokenSerializer, responses={200: schema.RENEWED}, tags=["review"])
    def post(self, request: Request, prediction_id: UUID) -> HttpResponse:
        token = self.read(TokenSerializer)["claim_token"]
        item = renew_lease(actor=self.actor, queue_code=REVIEW_QUEUE.code, subject_id=prediction_id, token=token)
        return self.respond({"status": "success", "lease_expires_at": item.available_at})


def claimed(actor: Actor, queue_code: str, narrowed: Any = None) -> dict[str, Any] | None:
    """Claim, and read what was claimed; None when nothing is left."""
    claim = claim_next(actor=actor, queue_code=queue_code, subjects=narrowed)
    return None if claim is None else _shown(actor, claim)


def _shown(actor: Actor, claim: Claim) -> dict[str, Any]:
    show_predictions(actor=actor, prediction_ids=[claim.subject_id], purpose=TO_REVIEW)
    return show_claim(claim, get_claimed_record(claim.subject_id))
