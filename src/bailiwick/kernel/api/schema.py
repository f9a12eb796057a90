"""The OpenAPI document: how to sign in, what every error looks like, one entry an address."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer

Document = dict[str, Any]

PROBLEM: Document = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "example": "urn:bailiwick:problem:base.invalid"},
        "title": {"type": "string", "example": "Bad Request"},
        "status": {"type": "integer", "example": 400},
        "detail": {"type": "string", "description": "What happened and what to do."},
        "instance": {"type": "string", "example": "/api/predictions/"},
        "code": {"type": "string", "example": "base.invalid"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "description": "Sentences by field; a field inside a list is spelt like reasons.0.confidence.",
        },
    },
    "additionalProperties": True,
}
PROBLEM_RESPONSE: Document = {
    "description": "A problem",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
IDEMPOTENCY_KEY: Document = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Sent again within 24 hours, the same request gets the same answer and is not done twice.",
    "schema": {"type": "string", "maxLength": 255},
}


class ActorScheme(OpenApiAuthenticationExtension):
    """A token or a key as bearer; a browser's session is accepted too."""

    target_class = "bailiwick.kernel.api.authentication.ActorAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> Document:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The access token of /api/auth/token/, or an API key (bw_…).",
        }


def hide_bare_paths(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Preprocessing: an address that answers with and without its last slash is documented once, with it."""
    paths = {endpoint[0] for endpoint in endpoints}
    return [endpoint for endpoint in endpoints if f"{endpoint[0]}/" not in paths]


def document_problems(result: Document, generator: Any, request: Any, public: bool) -> Document:
    """Postprocessing: every operation may answer with a problem; every POST takes an Idempotency-Key."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for method, operation in _operations(result):
        operation["responses"].setdefault("4XX", PROBLEM_RESPONSE)
        operation["responses"].setdefault("5XX", PROBLEM_RESPONSE)
        if method == "post" and operation.get("security"):
            operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    return result


def _operations(result: Document) -> Iterator[tuple[str, Document]]:
    for methods in result.get("paths", {}).values():
        yield from methods.items()


@cache
def schema_document(language: str, is_json: bool) -> bytes:
    """The document of this version, in one language; it changes with the code only, so each process makes it once."""
    renderer = OpenApiJsonRenderer() if is_json else OpenApiYamlRenderer()
    with translation.override(language):
        return renderer.render(SchemaGenerator().get_schema(request=None, public=True), renderer_context={})
