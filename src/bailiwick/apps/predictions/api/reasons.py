"""The catalogue of reasons by API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.apps.predictions.models import Reason
from bailiwick.apps.predictions.queries.reasons import list_entries
from bailiwick.kernel.api.views import ListEndpoint
from bailiwick.kernel.base.rights import MEMBER


class ReasonFilter(FilterSet):
    is_confirmed = django_filters.BooleanFilter()

    class Meta:
        model = Reason
        fields: list[str] = []


class CatalogueShape(serializers.Serializer[Any]):
    reason_id = serializers.IntegerField()
    reason = serializers.CharField()
    policy = serializers.CharField()
    is_confirmed = serializers.BooleanField()
    merged_into = serializers.IntegerField(allow_null=True)


class Reasons(ListEndpoint):
    """The reasons for which a product may be rejected; `merged_into` is the number of the one that stands for it."""

    right = MEMBER
    filterset_class = ReasonFilter
    orderings = ("code", "-code")

    def rows(self) -> QuerySet[Reason]:
        return list_entries(self.actor)

    def present(self, rows: list[Reason]) -> list[Any]:
        return [
            {
                "reason_id": row.code,
                "reason": row.title,
                "policy": row.policy,
                "is_confirmed": row.is_confirmed,
                "merged_into": row.merged_into.code if row.merged_into else None,
            }
            for row in rows
        ]

    @extend_schema(responses=CatalogueShape(many=True), tags=["reasons"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs)
