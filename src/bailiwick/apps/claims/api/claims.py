"""Claims by API: submit, list, read, change, set the status, withdraw."""

import re
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.apps.claims.actions.assigning import assign_claims
from bailiwick.apps.claims.actions.changing import change_claim, replace_claim
from bailiwick.apps.claims.actions.disclosing import show_claims
from bailiwick.apps.claims.actions.statuses import MOST_CLAIMS, set_status, set_statuses
from bailiwick.apps.claims.actions.submission import submit_claim
from bailiwick.apps.claims.actions.withdrawing import withdraw_claim
from bailiwick.apps.claims.api.filters import ClaimFilter
from bailiwick.apps.claims.api.presenting import ROW, show_claim, show_row
from bailiwick.apps.claims.api.shapes import BulkAnswerShape, ListedClaimShape, WholeClaimShape
from bailiwick.apps.claims.choices import Status
from bailiwick.apps.claims.manifest import PAY, SUBMIT, WORK
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.claims import get_claim, list_claims, list_lines, list_unmasked
from bailiwick.apps.claims.queries.filters import ORDERINGS
from bailiwick.apps.claims.reading import ChangedClaimSerializer, NewClaimSerializer, changes, new_claim
from bailiwick.apps.claims.rules.reasons import DENIALS
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.api.errors import InvalidQuery
from bailiwick.kernel.api.pagination import OffsetPagination
from bailiwick.kernel.api.views import Endpoint, ListEndpoint
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rights import MEMBER

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The edition that was read.")
ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')


class AlterationSerializer(ChangedClaimSerializer):
    """A change of some fields, or of the status with a reason, or of who processes the claim."""

    status = serializers.ChoiceField(choices=Status.choices, required=False)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    approval_reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, allow_null=True)
    rejection_reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, allow_null=True)
    reason_code = serializers.ChoiceField(choices=list(DENIALS.items()), required=False, allow_blank=True)
    assigned_processor = serializers.UUIDField(required=False, allow_null=True)
    edition = serializers.IntegerField(min_value=1, required=False)


class ReplacementSerializer(NewClaimSerializer):
    edition = serializers.IntegerField(min_value=1, required=False)


class BulkStatusSerializer(serializers.Serializer[Any]):
    claim_ids = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_CLAIMS)
    status = serializers.ChoiceField(choices=Status.choices)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    reason_code = serializers.ChoiceField(choices=list(DENIALS.items()), required=False, allow_blank=True)


def answer_of(actor: Actor, claim: Claim, *, is_masked: bool) -> dict[str, Any]:
    """One claim; that the actor sees it is recorded."""
    show_claims(actor=actor, claim_ids=[claim.id])
    return show_claim(claim, list_lines(claim), is_masked)


class Claims(ListEndpoint):
    """Submit a claim, or list those that one may see, newest first."""

    right = {"GET": MEMBER, "POST": SUBMIT}
    filterset_class = ClaimFilter
    orderings = ORDERINGS
    pagination_class = OffsetPagination

    def rows(self) -> Any:
        return list_claims(self.actor).values(*ROW)

    def present(self, rows: list[Any]) -> list[Any]:
        keys = [row["id"] for row in rows]
        show_claims(actor=self.actor, claim_ids=keys)
        unmasked = list_unmasked(self.actor, keys)
        return [show_row(row, row["id"] not in unmasked) for row in rows]

    @extend_schema(responses=ListedClaimShape(many=True), tags=["claims"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewClaimSerializer, responses={201: WholeClaimShape, 200: WholeClaimShape}, tags=["claims"])
    def post(self, request: Request) -> HttpResponse:
        claim, is_new = submit_claim(actor=self.actor, new=new_claim(self.read(NewClaimSerializer)))
        # Whoever submits is shown what they said, also who does not see the claim from then on.
        shown = answer_of(self.actor, claim, is_masked=False)
        return self.respond(shown, status=201 if is_new else 200)


class OneClaim(Endpoint):
    """One claim: what it says, its status, and its end."""

    right = MEMBER

    @extend_schema(responses=WholeClaimShape, tags=["claims"])
    def get(self, request: Request, claim_id: UUID) -> HttpResponse:
        return self._answer(claim_id)

    @extend_schema(request=ReplacementSerializer, responses=WholeClaimShape, parameters=[IF_MATCH], tags=["claims"])
    def put(self, request: Request, claim_id: UUID) -> HttpResponse:
        get_claim(self.actor, claim_id)
        values = self.read(ReplacementSerializer)
        edition = self._edition(values)
        replace_claim(actor=self.actor, claim_id=claim_id, new=new_claim(values), edition=edition)
        return self._answer(claim_id)

    @extend_schema(request=AlterationSerializer, responses=WholeClaimShape, parameters=[IF_MATCH], tags=["claims"])
    def patch(self, request: Request, claim_id: UUID) -> HttpResponse:
        get_claim(self.actor, claim_id)
        values = self.read(AlterationSerializer)
        said, edition = changes(values), self._edition(values)
        if "status" in values:
            _refuse_beside_status(said)
            reason = values.get("reason") or _reason_of(values)
            code = values.get("reason_code", "")
            given = {"status": values["status"], "reason": reason, "reason_code": code, "edition": edition}
            set_status(actor=self.actor, claim_id=claim_id, **given)
        else:
            change_claim(actor=self.actor, claim_id=claim_id, said=said, edition=edition)
        if "assigned_processor" in values:
            assign_claims(actor=self.actor, claim_ids=[claim_id], member_id=values["assigned_processor"])
        return self._answer(claim_id)

    @extend_schema(responses={204: None}, parameters=[IF_MATCH], tags=["claims"])
    def delete(self, request: Request, claim_id: UUID) -> HttpResponse:
        withdraw_claim(actor=self.actor, claim_id=claim_id, edition=self._edition({}))
        return self.respond()

    def _edition(self, values: dict[str, Any]) -> int | None:
        """The edition that was read, by the body or If-Match."""
        text = self.request.headers.get("If-Match", "").strip()
        if "edition" in values or text in ("", "*"):
            return values.get("edition")
        found = ETAG.fullmatch(text)
        if found is None:
            raise InvalidQuery(errors={"If-Match": [str(_("Give the edition of the claim that you read."))]})
        return int(found[1])

    def _answer(self, claim_id: UUID) -> HttpResponse:
        claim = get_claim(self.actor, claim_id)
        is_masked = claim.id not in list_unmasked(self.actor, [claim.id])
        shown = answer_of(self.actor, claim, is_masked=is_masked)
        return self.respond(shown, headers={"ETag": f'"{shown["edition"]}"'})


def _reason_of(values: dict[str, Any]) -> str:
    name = "rejection_reason" if values["status"] == Status.REJECTED else "approval_reason"
    return values.get(name) or ""


def _refuse_beside_status(said: dict[str, Any]) -> None:
    """A status is set alone: else it would not be clear which claim it is that was approved."""
    if said:
        sentence = str(_("Change this first, and then the status alone."))
        raise InvalidInput({name.removesuffix("_id"): [sentence] for name in said})


class BulkStatus(Endpoint):
    """Give up to 10,000 claims a status; those that one does not see are left out in silence."""

    right = (*WORK, PAY)
    published_members = {"error": lambda problem: problem["detail"]}

    @extend_schema(request=BulkStatusSerializer, responses=BulkAnswerShape, tags=["claims"])
    def post(self, request: Request) -> HttpResponse:
        values = self.read(BulkStatusSerializer)
        moved = set_statuses(
            actor=self.actor,
            claim_ids=values["claim_ids"],
            status=values["status"],
            reason=values.get("reason", ""),
            reason_code=values.get("reason_code", ""),
        )
        errors = [f"{claim_id}: {refusal}" for claim_id, refusal in moved.refusals.items()]
        return self.respond({"updated_count": moved.updated, "errors": errors})
