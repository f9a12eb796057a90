"""What every address of SCIM stands on: its media type, its errors, its entity tags."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, ValidationError
from rest_framework.request import Request
from scim2_models import (
    Context,
    Error,
    InvalidFilterException,
    InvalidSyntaxException,
    NotImplementedException,
    SCIMException,
)

from bailiwick.kernel.access.refusals import note_refusal
from bailiwick.kernel.api.errors import InvalidJson, InvalidText
from bailiwick.kernel.api.problems import describe
from bailiwick.kernel.api.rendering import JSONParser, to_json
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.errors import DomainError, InvalidInput, NotFound
from bailiwick.kernel.base.rights import OPEN
from bailiwick.kernel.federation.errors import NameTaken
from bailiwick.kernel.federation.manifest import PROVISION
from bailiwick.kernel.federation.rules.scim import LENIENT, tag
from bailiwick.kernel.identity.errors import OwnMembership

MEDIA_TYPE = "application/scim+json"
LONGEST_FILTER = 4000
NOT_MADE = ("/v2/.search", "/v2/Bulk", "/v2/Me")
TYPES = {
    NameTaken.code: "uniqueness",
    InvalidInput.code: "invalidValue",
    InvalidJson.code: "invalidSyntax",
    InvalidText.code: "invalidValue",
    OwnMembership.code: "mutability",
    "api.parse_error": "invalidSyntax",
    "api.unstorable": "invalidValue",
}
"""What RFC 7644, section 3.12, calls our refusals."""

Read = TypeVar("Read", bound=BaseModel)


class ScimParser(JSONParser):
    media_type = MEDIA_TYPE


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Every refusal as the document of RFC 7644, section 3.12; None for what is our own mistake (a 500)."""
    match error:
        case SCIMException():
            return _refuse(error.to_error())
        case ValidationError():
            return _refuse(Error.from_validation_errors(error)[0])
    problem = describe(error)
    if problem is None:
        return None
    if isinstance(error, DomainError):
        note_refusal(context["request"]._request, error)
    told = Error(status=problem.status, scim_type=TYPES.get(problem.code), detail=str(problem.detail))
    answer = _refuse(told)
    for name, value in problem.headers.items():
        answer[name] = value
    return answer


def _refuse(error: Error) -> HttpResponse:
    answer = _write(error.model_dump(), error.status or 400)
    if error.status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _write(document: Any, status: int) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(to_json(document), status=status, content_type=MEDIA_TYPE, headers=headers)


@extend_schema(exclude=True)
class ScimEndpoint(Endpoint):
    """One address of SCIM, which describes itself at /Schemas and is no part of the OpenAPI document."""

    right = PROVISION
    is_kept = False
    parser_classes = [ScimParser, JSONParser]

    def get_exception_handler(self) -> Any:
        return handle

    def answer(
        self, document: dict[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
    ) -> HttpResponse:
        answer = _write(document, status)
        for name, value in (headers or {}).items():
            answer[name] = value
        return answer

    def payload(self, model: type[Read], scim_ctx: Context) -> Read:
        """The body as a model of the library; raises what `handle` knows."""
        given = self.request.data
        if not isinstance(given, dict):
            raise InvalidSyntaxException
        return model.model_validate(given, scim_ctx=scim_ctx, scim_policy=LENIENT)  # type: ignore[call-arg]

    def search(self, form: Any, given: Mapping[str, Any]) -> Any:
        """What a list is asked for, from the address or a body of RFC 7644, section 3.4.3."""
        known = ("filter", "startIndex", "count", "attributes", "excludedAttributes", "sortBy", "sortOrder")
        asked = {name: given[name] for name in known if given.get(name) not in (None, "")}
        if len(str(asked.get("filter", ""))) > LONGEST_FILTER:
            raise InvalidFilterException(detail=f"A filter has at most {LONGEST_FILTER} characters.")
        return form.model_validate(asked)

    def versions(self) -> frozenset[int] | None:
        """The versions that a change is meant for (If-Match); None for any."""
        given = self.request.headers.get("If-Match", "").strip()
        if given in ("", "*"):
            return None
        return frozenset(int(number) for number in re.findall(r'"(\d{1,9})"', given, re.ASCII))

    def is_known(self, row: models.Model) -> bool:
        """Whether who asks has this version already (If-None-Match)."""
        given = self.request.headers.get("If-None-Match", "")
        return given.strip() == "*" or tag(row.version) in (each.strip() for each in given.split(","))  # type: ignore[attr-defined]


class Nowhere(ScimEndpoint):
    """Whatever else is asked for below the address of SCIM; what RFC 7644 has and we have not is told apart."""

    right = OPEN

    def get(self, request: Request) -> HttpResponse:
        if request.path.endswith(NOT_MADE):
            raise NotImplementedException
        raise NotFound

    post = put = patch = delete = get
