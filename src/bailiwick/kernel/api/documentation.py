"""The pages that show the API to its users; they work without any other host."""

from django.http import HttpResponse
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request

from bailiwick.kernel.api.schema import schema_document
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.rights import OPEN

API_DOCS = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The policy named "api-docs": both viewers write inline styles, and Redoc searches in a worker made from a blob."""


class Schema(Endpoint):
    """The OpenAPI 3 document: YAML, or JSON with ?format=json or by Accept."""

    right = OPEN
    authentication_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        wanted = request.query_params.get("format") or request.headers.get("Accept", "")
        is_json = "json" in wanted
        subtype = "openapi+json" if is_json else "openapi"
        document = schema_document(get_language() or "en", is_json)
        return HttpResponse(document, content_type=f"application/vnd.oai.{subtype}; charset=utf-8")


class Swagger(SpectacularSwaggerSplitView):
    """Swagger UI, its script as a file of its own."""

    right = OPEN
    http_method_names = ["get", "head"]
    url_name = "api:schema"
    content_security_policy = API_DOCS


class Redoc(SpectacularRedocView):
    """Redoc, without fonts from elsewhere."""

    right = OPEN
    http_method_names = ["get", "head"]
    url_name = "api:schema"
    renderer_classes = [TemplateHTMLRenderer]
    template_name = "api/redoc.html"
    content_security_policy = API_DOCS
