"""Files of claims by API: send one, and see what became of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import FileUploadParser, MultiPartParser
from rest_framework.request import Request

from bailiwick.apps.claims.actions.imports import CLAIMS, map_columns, open_import, start_import
from bailiwick.apps.claims.manifest import SUBMIT
from bailiwick.apps.claims.models import ClaimImport
from bailiwick.kernel.api.rendering import from_json
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.imports.queries import get_import
from bailiwick.kernel.jobs.choices import JobState

TAG = ["claims"]
FILE_TYPES = ("text/csv", "application/x-ndjson", "application/octet-stream")


class BodyParser(FileUploadParser):
    """The body is the file; a name may come with it (RFC 6266, Content-Disposition)."""

    def get_filename(self, stream: Any, media_type: str | None, parser_context: Mapping[str, Any]) -> str:
        return super().get_filename(stream, media_type, parser_context) or "claims"


class NewImportSerializer(serializers.Serializer[Any]):
    """A form with the file; `mapping` says which column is which field, where their names do not."""

    file = serializers.FileField()
    mapping = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    adds_parties = serializers.BooleanField(default=False)


class ImportShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    file = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    mapping = serializers.DictField(child=serializers.CharField())
    adds_parties = serializers.BooleanField()
    job = serializers.UUIDField()
    state = serializers.ChoiceField(choices=JobState.choices)
    error = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    created = serializers.IntegerField()
    repeated = serializers.IntegerField()
    rejected = serializers.IntegerField()
    rejected_file = serializers.CharField(allow_null=True)


class ClaimImports(Endpoint):
    """Send a file of claims: CSV, XLSX or JSON lines, up to 256 MB, CSV and JSON lines also compressed with gzip.

    A row of a table is a line of a claim, an object of JSON lines a claim with `lines`. The file is the body, or the
    part `file` of a form. It is read in the background: the answer says where to look. Claims that came before under
    their numbers are recognised, so that a file may be sent again.
    """

    right = SUBMIT
    is_kept = False
    parser_classes = (MultiPartParser, BodyParser)

    @extend_schema(
        request={"multipart/form-data": NewImportSerializer} | dict.fromkeys(FILE_TYPES, bytes),
        parameters=[OpenApiParameter("adds_parties", bool, description="Where the file is the body.")],
        responses={202: ImportShape},
        tags=TAG,
    )
    def post(self, request: Request) -> HttpResponse:
        file = self._file(request)
        values = {**request.query_params.dict(), **dict(request.data.items()), "file": file}  # type: ignore[union-attr]
        if isinstance(mapping := values.get("mapping"), str):
            values["mapping"] = from_json(mapping.encode())
        form = NewImportSerializer(data=values)
        form.is_valid(raise_exception=True)
        checked = form.validated_data
        opened = open_import(actor=self.actor, upload=checked["file"], adds_parties=checked["adds_parties"])
        if not CLAIMS.has_objects(opened):
            mapping = opened.mapping | checked.get("mapping", {})
            map_columns(actor=self.actor, import_id=opened.id, mapping=mapping)
        started = start_import(actor=self.actor, import_id=opened.id)
        address = reverse("claims:api-import", args=[started.id])
        return self.respond(show(started), status=202, headers={"Location": address})

    def _file(self, request: Request) -> "UploadedFile[Any]":
        """Raises InvalidInput where there is none, or its end is missing."""
        found: UploadedFile[Any] | None = request.FILES.get("file")
        if found is None or not found.size:
            raise InvalidInput({"file": [_("Choose a file.")]})
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
        if not _is_form(request) and found.size < announced:
            raise InvalidInput({"file": [_("The body breaks off: its end is missing. Nothing was stored.")]})
        return found


def _is_form(request: Request) -> bool:
    return str(request.content_type).startswith("multipart/")


class OneClaimImport(Endpoint):
    """One import of mine: how far it is, and what became of its claims."""

    right = SUBMIT

    @extend_schema(responses=ImportShape, tags=TAG)
    def get(self, request: Request, claim_import_id: UUID) -> HttpResponse:
        return self.respond(show(get_import(CLAIMS, self.actor, claim_import_id)))


def show(opened: ClaimImport) -> dict[str, Any]:
    """An import with its job; `rejected_file` is the address of the rows that were not in order."""
    job, rejected = opened.job, opened.rejected_file
    return {
        "id": opened.id,
        "file": opened.file.name,
        "columns": opened.columns,
        "mapping": opened.mapping,
        "adds_parties": opened.adds_parties,
        "job": job and job.id,
        "state": job.state if job else "",
        "error": job.error if job else "",
        "done": job.done if job else 0,
        "total": job and job.total,
        "created": opened.created,
        "repeated": opened.repeated,
        "rejected": opened.rejected,
        "rejected_file": reverse("files:download", args=[rejected.id]) if rejected else None,
    }
