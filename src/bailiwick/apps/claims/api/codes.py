"""Asking whether a code is valid on a day, by which list, and what would be right."""

from datetime import date
from typing import Any

import django_filters
from django.http import HttpResponse
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.models import CodeSet
from bailiwick.apps.claims.queries.codes import list_code_sets, validate_code
from bailiwick.kernel.api.errors import InvalidQuery
from bailiwick.kernel.api.filters import refuse_unknown
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.rights import MEMBER


class CodeFilter(FilterSet):
    """All but the day are needed."""

    system = django_filters.ChoiceFilter(choices=CodeSystem.choices, required=True)
    code = django_filters.CharFilter(required=True, max_length=20)
    on = django_filters.DateFilter()

    class Meta:
        model = CodeSet
        fields: list[str] = []


class Named(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()


class Fault(serializers.Serializer[Any]):
    """As claims carry it."""

    code = serializers.CharField(help_text="X12 277CA, STC01: category and status")
    field = serializers.CharField()
    message = serializers.CharField()
    line = serializers.IntegerField(required=False)
    release = serializers.CharField(required=False)
    right = Named(many=True, required=False)


class Validity(serializers.Serializer[Any]):
    """`release` is empty where no list holds on the day: then the form alone was judged."""

    system = serializers.ChoiceField(choices=CodeSystem.choices)
    code = serializers.CharField()
    on = serializers.DateField()
    valid = serializers.BooleanField()
    title = serializers.CharField(allow_blank=True)
    release = serializers.CharField(allow_blank=True)
    faults = Fault(many=True)


class ValidateCode(Endpoint):
    """Whether a code is valid on a day, today unless another is given."""

    right = MEMBER

    @extend_schema(
        parameters=[
            OpenApiParameter("system", {"type": "string", "enum": CodeSystem.values}, required=True),
            OpenApiParameter("code", {"type": "string", "maxLength": 20}, required=True),
            OpenApiParameter("on", {"type": "string", "format": "date"}),
        ],
        responses=Validity,
        tags=["claims"],
    )
    def get(self, request: Request) -> HttpResponse:
        refuse_unknown(request, CodeFilter)
        asked = CodeFilter(request.query_params, queryset=list_code_sets(self.actor), request=request)
        if not asked.is_valid():
            raise InvalidQuery(errors={name: [str(each) for each in every] for name, every in asked.errors.items()})
        values: dict[str, Any] = asked.form.cleaned_data
        on: date | None = values["on"]
        return self.respond(validate_code(values["system"], values["code"], on))
