"""What is asked, answered, handed in and appealed about one claim, by API."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request

from bailiwick.apps.claims.actions.appeals import file_appeal
from bailiwick.apps.claims.actions.disclosing import show_claims
from bailiwick.apps.claims.actions.documents import MOST_AT_ONCE, add_documents, open_document
from bailiwick.apps.claims.actions.requests import answer_request, ask_information, withdraw_request
from bailiwick.apps.claims.choices import RequestState
from bailiwick.apps.claims.manifest import MANAGE, PROCESS, SETTLE_APPEALS
from bailiwick.apps.claims.models import Appeal, Attachment, Claim, InformationRequest
from bailiwick.apps.claims.queries import records
from bailiwick.apps.claims.queries.claims import get_version, list_unmasked
from bailiwick.apps.claims.queries.requests import get_attachment, get_request, list_attachments
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.rights import MEMBER, Declared
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.files.sending import send

TAG = ["claims"]


class QuestionSerializer(serializers.Serializer[Any]):
    """What is missing; without `due_at` there are 45 days to answer."""

    asked = serializers.CharField(max_length=5000)
    due_at = serializers.DateTimeField(required=False)


class RequestAnswerSerializer(serializers.Serializer[Any]):
    """Words, documents (parts `file` of a form), or both."""

    answer = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    file = serializers.ListField(child=serializers.FileField(), required=False, max_length=MOST_AT_ONCE)


class DocumentsSerializer(serializers.Serializer[Any]):
    file = serializers.ListField(child=serializers.FileField(), max_length=MOST_AT_ONCE)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


class AppealSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=5000)
    file = serializers.ListField(child=serializers.FileField(), required=False, max_length=MOST_AT_ONCE)


class RequestShape(serializers.Serializer[Any]):
    """Where the claim is masked, texts are null."""

    id = serializers.UUIDField()
    claim = serializers.UUIDField()
    state = serializers.ChoiceField(choices=RequestState.choices)
    asked = serializers.CharField(allow_null=True)
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    answer = serializers.CharField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class DocumentShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    claim = serializers.UUIDField()
    request = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    kind = serializers.CharField()
    size = serializers.IntegerField()
    note = serializers.CharField()
    at = serializers.DateTimeField()


class AppealShape(serializers.Serializer[Any]):
    """Where the claim is masked, texts are null."""

    id = serializers.UUIDField()
    claim = serializers.UUIDField()
    level = serializers.IntegerField()
    reason = serializers.CharField(allow_null=True)
    filed_at = serializers.DateTimeField()
    verdict = serializers.CharField()
    answer = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class OfClaim(Endpoint):
    """What addresses under one claim share: whoever does not see it finds nothing, whatever they send."""

    right: ClassVar[Declared] = MEMBER
    parser_classes = (JSONParser, MultiPartParser)

    def open(self, claim_id: UUID) -> tuple[Claim, bool]:
        """The claim, recorded as shown, and whether it is masked."""
        claim = get_version(self.actor, claim_id)
        show_claims(actor=self.actor, claim_ids=[claim.id])
        return claim, not list_unmasked(self.actor, [claim.id])


class Requests(OfClaim):
    """What is asked about a claim, the newest first; asking stops its clocks until it is answered."""

    right = {"GET": MEMBER, "POST": (MANAGE, PROCESS, SETTLE_APPEALS)}

    @extend_schema(responses=RequestShape(many=True), tags=TAG)
    def get(self, request: Request, claim_id: UUID) -> HttpResponse:
        claim, is_masked = self.open(claim_id)
        return self.respond([show_request(each, is_masked) for each in records.list_requests(claim)])

    @extend_schema(request=QuestionSerializer, responses={201: RequestShape}, tags=TAG)
    def post(self, request: Request, claim_id: UUID) -> HttpResponse:
        claim, is_masked = self.open(claim_id)
        made = ask_information(actor=self.actor, claim_id=claim.id, **self.read(QuestionSerializer))
        made.refresh_from_db()
        return self.respond(show_request(made, is_masked), status=201)


class Answer(OfClaim):
    """Answer what is asked, in words, with documents, or both."""

    @extend_schema(
        request={"application/json": RequestAnswerSerializer, "multipart/form-data": RequestAnswerSerializer},
        responses=RequestShape,
        tags=TAG,
    )
    def post(self, request: Request, claim_id: UUID, information_request_id: UUID) -> HttpResponse:
        asked = get_request(self.actor, claim_id, information_request_id)
        given = self.read(RequestAnswerSerializer)
        made = answer_request(
            actor=self.actor, request_id=asked.id, answer=given.get("answer", ""), uploads=given.get("file", ())
        )
        show_claims(actor=self.actor, claim_ids=[claim_id])
        return self.respond(show_request(made, is_masked=False))


class Withdrawal(OfClaim):
    """Ask for something no more."""

    @extend_schema(request=None, responses=RequestShape, tags=TAG)
    def post(self, request: Request, claim_id: UUID, information_request_id: UUID) -> HttpResponse:
        asked = get_request(self.actor, claim_id, information_request_id)
        withdrawn = withdraw_request(actor=self.actor, request_id=asked.id)
        show_claims(actor=self.actor, claim_ids=[claim_id])
        return self.respond(show_request(withdrawn, is_masked=False))


class Documents(OfClaim):
    """The documents of a claim, the newest first; PDF, PNG and JPEG up to 25 MB are taken as parts `file` of a form."""

    @extend_schema(responses=DocumentShape(many=True), tags=TAG)
    def get(self, request: Request, claim_id: UUID) -> HttpResponse:
        rows = list(list_attachments(self.actor, claim_id)[:100])
        show_claims(actor=self.actor, claim_ids=[claim_id])
        return self.respond([show_document(each) for each in rows])

    @extend_schema(
        request={"multipart/form-data": DocumentsSerializer}, responses={201: DocumentShape(many=True)}, tags=TAG
    )
    def post(self, request: Request, claim_id: UUID) -> HttpResponse:
        list_attachments(self.actor, claim_id)
        given = self.read(DocumentsSerializer)
        made = add_documents(actor=self.actor, claim_id=claim_id, uploads=given["file"], note=given.get("note", ""))
        return self.respond([show_document(each) for each in made], status=201)


class Document(OfClaim):
    """The content of a document, as a download; that it was read is recorded."""

    is_kept = False

    @extend_schema(responses={(200, "application/octet-stream"): bytes}, tags=TAG)
    def get(self, request: Request, claim_id: UUID, attachment_id: UUID) -> HttpResponseBase:
        content = open_content(get_attachment(self.actor, claim_id, attachment_id).file)
        return send(open_document(actor=self.actor, claim_id=claim_id, attachment_id=attachment_id).file, content)


class Appeals(OfClaim):
    """The appeals of a claim by level; one is filed by its patient or provider, within the time for it."""

    @extend_schema(responses=AppealShape(many=True), tags=TAG)
    def get(self, request: Request, claim_id: UUID) -> HttpResponse:
        claim, is_masked = self.open(claim_id)
        return self.respond([show_appeal(each, is_masked) for each in records.list_appeals(claim)])

    @extend_schema(
        request={"application/json": AppealSerializer, "multipart/form-data": AppealSerializer},
        responses={201: AppealShape},
        tags=TAG,
    )
    def post(self, request: Request, claim_id: UUID) -> HttpResponse:
        self.open(claim_id)
        given = self.read(AppealSerializer)
        appeal = file_appeal(actor=self.actor, claim_id=claim_id, reason=given["reason"], uploads=given.get("file", ()))
        return self.respond(show_appeal(appeal, is_masked=False), status=201)


def show_request(asked: InformationRequest, is_masked: bool) -> dict[str, Any]:
    return {
        "id": asked.id,
        "claim": asked.claim_id,
        "state": asked.state,
        "asked": None if is_masked else asked.asked,
        "asked_at": asked.asked_at,
        "due_at": asked.due_at,
        "answer": None if is_masked else asked.answer,
        "answered_at": asked.answered_at,
    }


def show_document(attachment: Attachment) -> dict[str, Any]:
    return {
        "id": attachment.id,
        "claim": attachment.claim_id,
        "request": attachment.request_id,
        "name": attachment.file.name,
        "kind": attachment.file.kind,
        "size": attachment.file.size,
        "note": attachment.note,
        "at": attachment.at,
    }


def show_appeal(appeal: Appeal, is_masked: bool) -> dict[str, Any]:
    return {
        "id": appeal.id,
        "claim": appeal.claim_id,
        "level": appeal.level,
        "reason": None if is_masked else appeal.reason,
        "filed_at": appeal.filed_at,
        "verdict": appeal.verdict,
        "answer": None if is_masked else appeal.answer,
        "decided_at": appeal.decided_at,
    }
