"""What is done with claims as a whole, by API: adjudicated, again, corrected, paid; and how each was judged."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.apps.claims.actions.adjudication import readjudicate
from bailiwick.apps.claims.actions.batches import adjudicate_waiting
from bailiwick.apps.claims.actions.correcting import correct_claim
from bailiwick.apps.claims.actions.disclosing import show_claims
from bailiwick.apps.claims.actions.paying import pay_claims
from bailiwick.apps.claims.actions.statuses import MOST_CLAIMS
from bailiwick.apps.claims.choices import Outcome, Stage
from bailiwick.apps.claims.manifest import MANAGE, PAY, WORK
from bailiwick.apps.claims.models import Adjudication, AdjudicationLine, Claim, PaymentRun
from bailiwick.apps.claims.queries.adjudications import list_adjudications
from bailiwick.apps.claims.queries.claims import get_claim, get_version, list_unmasked, lock_claims
from bailiwick.apps.claims.reading import NewClaimSerializer, new_claim
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.rights import MEMBER

TAG = ["claims"]
AMOUNT: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}
CORRECTIONS = [Stage.ADJUSTED.value, Stage.REPLACED.value, Stage.VOIDED.value]


class JudgedLineShape(serializers.Serializer[Any]):
    """A line of a judgement; `trace` says what each step did, and is empty where diagnoses are not shown."""

    sequence = serializers.IntegerField()
    billed = serializers.DecimalField(**AMOUNT)
    allowed = serializers.DecimalField(**AMOUNT)
    paid = serializers.DecimalField(**AMOUNT)
    adjusted = serializers.DecimalField(**AMOUNT)
    trace = serializers.ListField(child=serializers.DictField())


class AdjudicationShape(serializers.Serializer[Any]):
    """A judgement of a claim: billed is paid and adjusted, in all and in each line."""

    id = serializers.UUIDField()
    claim = serializers.UUIDField()
    version = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    pend = serializers.CharField(allow_null=True)
    is_final = serializers.BooleanField()
    billed = serializers.DecimalField(**AMOUNT)
    allowed = serializers.DecimalField(**AMOUNT)
    paid = serializers.DecimalField(**AMOUNT)
    adjusted = serializers.DecimalField(**AMOUNT)
    patient_owes = serializers.DecimalField(**AMOUNT)
    difference = serializers.DecimalField(**AMOUNT)
    currency = serializers.CharField()
    rules = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField()
    trace = serializers.ListField(child=serializers.DictField())
    lines = JudgedLineShape(many=True)


class RunShape(serializers.Serializer[Any]):
    """A run of payments, in one currency."""

    id = serializers.UUIDField()
    currency = serializers.CharField()
    count = serializers.IntegerField()
    billed = serializers.DecimalField(**AMOUNT)
    paid = serializers.DecimalField(**AMOUNT)
    adjusted = serializers.DecimalField(**AMOUNT)
    interest = serializers.DecimalField(**AMOUNT)


class JobsShape(serializers.Serializer[Any]):
    jobs = serializers.ListField(child=serializers.UUIDField())


class DaysSerializer(serializers.Serializer[Any]):
    """Days of service; without them all."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class CorrectionSerializer(serializers.Serializer[Any]):
    """How a claim is corrected, why, and what it says from then on: as it was, where nothing is given."""

    correction = serializers.ChoiceField(choices=CORRECTIONS)
    reason = serializers.CharField(max_length=2000)
    claim = NewClaimSerializer(required=False)
    edition = serializers.IntegerField(min_value=1, required=False)


class PaymentSerializer(serializers.Serializer[Any]):
    claim_ids = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_CLAIMS, min_length=1)


class AdjudicateWaiting(Endpoint):
    """Begin the jobs that judge every claim that waits."""

    right = MANAGE

    @extend_schema(request=DaysSerializer, responses={202: JobsShape}, tags=TAG)
    def post(self, request: Request) -> HttpResponse:
        jobs = adjudicate_waiting(actor=self.actor, **self.read(DaysSerializer))
        return self.respond({"jobs": [job.id for job in jobs]}, status=202)


class Adjudications(Endpoint):
    """How a claim was judged, the latest first; judge it again by the rules of today."""

    right = {"GET": MEMBER, "POST": WORK}

    @extend_schema(responses=AdjudicationShape(many=True), tags=TAG)
    def get(self, request: Request, claim_id: UUID) -> HttpResponse:
        claim = get_version(self.actor, claim_id)
        return self.respond(tell_judgements(self.actor, claim))

    @extend_schema(request=None, responses={201: AdjudicationShape}, tags=TAG)
    def post(self, request: Request, claim_id: UUID) -> HttpResponse:
        claim = get_claim(self.actor, claim_id)
        readjudicate(actor=self.actor, claim_ids=[claim_id])
        return self.respond(tell_judgements(self.actor, claim)[0], status=201)


class Correction(Endpoint):
    """Correct a claim that is approved or paid: the answer is the judgement of its next version, none once voided."""

    right = MANAGE

    @extend_schema(request=CorrectionSerializer, responses={201: AdjudicationShape, 204: None}, tags=TAG)
    def post(self, request: Request, claim_id: UUID) -> HttpResponse:
        get_claim(self.actor, claim_id)
        values = self.read(CorrectionSerializer)
        new = new_claim(values["claim"]) if "claim" in values else None
        kind = Stage(values["correction"])
        said = {"kind": kind, "new": new, "reason": values["reason"], "edition": values.get("edition")}
        judged = correct_claim(actor=self.actor, claim_id=claim_id, **said)
        if judged is None:
            return self.respond()
        return self.respond(tell_judgements(self.actor, judged.claim)[0], status=201)


class Payments(Endpoint):
    """Pay claims that are approved: all that are named, or none."""

    right = PAY

    @extend_schema(request=PaymentSerializer, responses={201: RunShape(many=True)}, tags=TAG)
    def post(self, request: Request) -> HttpResponse:
        keys = set(self.read(PaymentSerializer)["claim_ids"])
        with transaction.atomic(savepoint=False):
            claims = lock_claims(self.actor, sorted(keys))
            if len(claims) < len(keys):
                raise NotFound
            runs = pay_claims(actor=self.actor, claims=claims)
        return self.respond([show_run(run) for run in runs], status=201)


def tell_judgements(actor: Actor, claim: Claim) -> list[dict[str, Any]]:
    """The judgements of a claim, the latest first; that the actor sees them is recorded."""
    show_claims(actor=actor, claim_ids=[claim.id])
    is_masked = claim.id not in list_unmasked(actor, [claim.id])
    return [show_judgement(each, is_masked=is_masked) for each in list_adjudications(claim)]


def show_judgement(judged: Adjudication, *, is_masked: bool) -> dict[str, Any]:
    """A judgement as it is answered; steps name codes, and are left out where these are masked."""
    return {
        "id": judged.id,
        "claim": judged.claim_id,
        "version": judged.version,
        "outcome": judged.outcome,
        "pend": None if is_masked else judged.pend,
        "is_final": judged.is_final,
        "billed": str(judged.billed),
        "allowed": str(judged.allowed),
        "paid": str(judged.paid),
        "adjusted": str(judged.adjusted),
        "patient_owes": str(judged.patient_owes),
        "difference": str(judged.difference),
        "currency": judged.currency,
        "rules": judged.rule_set.version if judged.rule_set else None,
        "at": judged.at,
        "trace": [] if is_masked else judged.trace,
        "lines": [_show_line(line, is_masked) for line in judged.lines.all()],
    }


def _show_line(line: AdjudicationLine, is_masked: bool) -> dict[str, Any]:
    money = {name: str(getattr(line, name)) for name in ("billed", "allowed", "paid", "adjusted")}
    return {"sequence": line.sequence, **money, "trace": [] if is_masked else line.trace}


def show_run(run: PaymentRun) -> dict[str, Any]:
    """A run of payments as it is answered."""
    money = {name: str(getattr(run, name)) for name in ("billed", "paid", "adjusted", "interest")}
    return {"id": run.id, "currency": run.currency, "count": run.count, **money}
