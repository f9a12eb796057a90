"""Work on claims and appeals by API: take what is next, decide it, keep it, leave it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.apps.claims.actions.appeals import decide_appeal
from bailiwick.apps.claims.actions.deciding import decide_claim, skip_claim
from bailiwick.apps.claims.actions.disclosing import show_claims
from bailiwick.apps.claims.actions.queueing import take_next
from bailiwick.apps.claims.api.asking import AppealShape, show_appeal
from bailiwick.apps.claims.api.presenting import show_claim
from bailiwick.apps.claims.api.shapes import WholeClaimShape
from bailiwick.apps.claims.choices import Pend, Stage
from bailiwick.apps.claims.manifest import (
    AMOUNT_QUEUE,
    APPEAL_QUEUE,
    APPROVE,
    DUPLICATE_QUEUE,
    INFORMATION_QUEUE,
    MEDICAL_QUEUE,
    PROCESS,
    SETTLE_APPEALS,
    TO_PROCESS,
)
from bailiwick.apps.claims.queries.appeals import get_appeal
from bailiwick.apps.claims.queries.claims import list_lines, list_unmasked
from bailiwick.apps.claims.queries.work import get_in_hands
from bailiwick.apps.claims.rules.reasons import DENIALS
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.worklist.actions import release_item, renew_lease, skip_item
from bailiwick.kernel.worklist.claiming import Claim as Held

QUEUES = [each.code for each in (MEDICAL_QUEUE, DUPLICATE_QUEUE, AMOUNT_QUEUE, INFORMATION_QUEUE, APPEAL_QUEUE)]
RIGHTS = (PROCESS, APPROVE, SETTLE_APPEALS)
TAG = ["claims work"]


class QueueSerializer(serializers.Serializer[Any]):
    queue = serializers.ChoiceField(choices=QUEUES)


class HeldSerializer(QueueSerializer):
    """What I hold: `subject` is the claim, or the appeal where the queue is that of appeals."""

    subject = serializers.UUIDField()
    claim_token = serializers.CharField(max_length=128)


class SkipSerializer(HeldSerializer):
    reason = serializers.CharField(max_length=2000)


class DecisionSerializer(HeldSerializer):
    """`verdict` is approve or deny, of an appeal upheld or overturned; `edition` is that of the claim looked at.

    `reason_code` is the CARC of a denial; without one it is what adjudication found.
    """

    verdict = serializers.CharField(max_length=15)
    reason = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    reason_code = serializers.ChoiceField(choices=list(DENIALS.items()), required=False, allow_blank=True)
    edition = serializers.IntegerField(min_value=1, required=False)


class TakenShape(serializers.Serializer[Any]):
    queue = serializers.CharField()
    subject = serializers.UUIDField()
    round = serializers.IntegerField()
    claim_token = serializers.CharField()
    lease_expires_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    claim = WholeClaimShape()
    appeal = AppealShape(allow_null=True)


class ClaimDecidedShape(serializers.Serializer[Any]):
    """What became of the claim: a high amount waits for its second person under its old `pend`."""

    claim = serializers.UUIDField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    pend = serializers.ChoiceField(choices=Pend.choices, allow_blank=True)
    decision = serializers.UUIDField(allow_null=True)


class LeaseShape(serializers.Serializer[Any]):
    lease_expires_at = serializers.DateTimeField()


class Step(Endpoint):
    """What all steps share: the body names the queue, whose right is asked for."""

    right = RIGHTS

    def given(self, serializer: type[QueueSerializer]) -> dict[str, Any]:
        given: dict[str, Any] = self.read(serializer)
        needed = registry().queues[given["queue"]].right
        if not self.actor.may(needed):
            raise Forbidden(right=needed)
        return given


class TakeNext(Step):
    """The work of a queue that I hold, or the oldest that is free; 204 when nothing is left for me."""

    @extend_schema(request=QueueSerializer, responses={200: TakenShape, 204: None}, tags=TAG)
    def post(self, request: Request) -> HttpResponse:
        queue = self.given(QueueSerializer)["queue"]
        held = take_next(actor=self.actor, queue_code=queue)
        return self.respond(None if held is None else show_taken(self.actor, queue, held))


class Decide(Step):
    """My decision; the same answer with the same token again returns what is stored."""

    @extend_schema(request=DecisionSerializer, responses={201: ClaimDecidedShape, 200: ClaimDecidedShape}, tags=TAG)
    def post(self, request: Request) -> HttpResponse:
        given = self.given(DecisionSerializer)
        reason, key = given.get("reason", ""), given["subject"]
        if given["queue"] == APPEAL_QUEUE.code:
            appeal = decide_appeal(
                actor=self.actor, appeal_id=key, token=given["claim_token"], verdict=given["verdict"], answer=reason
            )
            claim = get_in_hands(appeal.claim_id)
            body = {"claim": claim.id, "stage": claim.stage, "pend": claim.pend, "decision": None}
            return self.respond(body, status=201)
        decided = decide_claim(
            actor=self.actor,
            claim_id=key,
            queue_code=given["queue"],
            token=given["claim_token"],
            verdict=given["verdict"],
            reason=reason,
            reason_code=given.get("reason_code", ""),
            edition=given.get("edition"),
        )
        claim = decided.claim
        body = {"claim": claim.id, "stage": claim.stage, "pend": claim.pend, "decision": decided.decision.id}
        return self.respond(body, status=200 if decided.is_repeat else 201)


class Skip(Step):
    """Leave what I hold to somebody else, with a reason; I am not asked for it again."""

    @extend_schema(request=SkipSerializer, responses={204: None}, tags=TAG)
    def post(self, request: Request) -> HttpResponse:
        given = self.given(SkipSerializer)
        held = {"queue_code": given["queue"], "token": given["claim_token"], "reason": given["reason"]}
        if given["queue"] == APPEAL_QUEUE.code:
            skip_item(actor=self.actor, subject_id=given["subject"], **held)
        else:
            skip_claim(actor=self.actor, claim_id=given["subject"], **held)
        return self.respond()


class Release(Step):
    """Give what I hold back to its place in the queue."""

    @extend_schema(request=HeldSerializer, responses={204: None}, tags=TAG)
    def post(self, request: Request) -> HttpResponse:
        given = self.given(HeldSerializer)
        release_item(
            actor=self.actor, queue_code=given["queue"], subject_id=given["subject"], token=given["claim_token"]
        )
        return self.respond()


class Renew(Step):
    """Start my lease anew."""

    @extend_schema(request=HeldSerializer, responses={200: LeaseShape}, tags=TAG)
    def post(self, request: Request) -> HttpResponse:
        given = self.given(HeldSerializer)
        item = renew_lease(
            actor=self.actor, queue_code=given["queue"], subject_id=given["subject"], token=given["claim_token"]
        )
        return self.respond({"lease_expires_at": item.available_at})


def show_taken(actor: Actor, queue: str, held: Held) -> dict[str, Any]:
    """What was taken, with the claim as it is read for its review; that it is read is recorded."""
    appeal = get_appeal(held.subject_id) if queue == APPEAL_QUEUE.code else None
    claim_id: UUID = appeal.claim_id if appeal else held.subject_id
    show_claims(actor=actor, claim_ids=[claim_id], purpose=TO_PROCESS)
    claim = get_in_hands(claim_id)
    is_masked = claim.id not in list_unmasked(actor, [claim.id])
    return {
        "queue": queue,
        "subject": held.subject_id,
        "round": held.round,
        "claim_token": held.token,
        "lease_expires_at": held.lease_expires_at,
        "due_at": held.due_at,
        "claim": show_claim(claim, list_lines(claim), is_masked),
        "appeal": show_appeal(appeal, is_masked) if appeal else None,
    }
