"""The statistics by API."""

from typing import Any

import django_filters
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.apps.predictions.api.shapes import COMPARISON, STATISTICS, show_comparison, show_statistics
from bailiwick.apps.predictions.manifest import AUDIT, MANAGE, SEE
from bailiwick.apps.predictions.models import ModelVersion, Prediction
from bailiwick.apps.predictions.queries.predictions import list_models, list_predictions
from bailiwick.apps.predictions.queries.statistics import Scope, compare, get_statistics
from bailiwick.kernel.api.errors import InvalidQuery
from bailiwick.kernel.api.filters import describe_filters, refuse_unknown
from bailiwick.kernel.api.views import Endpoint


class ScopeFilter(FilterSet):
    """What the figures are taken of; every parameter narrows."""

    model = django_filters.CharFilter()
    version = django_filters.CharFilter()
    reason_id = django_filters.NumberFilter(min_value=0, max_value=2**63 - 1, decimal_places=0)
    sampled = django_filters.BooleanFilter()
    decided_after = django_filters.IsoDateTimeFilter()
    decided_before = django_filters.IsoDateTimeFilter()
    received_after = django_filters.IsoDateTimeFilter()
    received_before = django_filters.IsoDateTimeFilter()

    class Meta:
        model = Prediction
        fields: list[str] = []


PARAMETERS = [OpenApiParameter(each["name"], each["schema"]) for each in describe_filters(ScopeFilter)]


class Statistics(Endpoint):
    """How good models and reviewers are, with the number of cases behind every figure.

    A reviewer gets what is told of reviewers for themselves alone. The random sample is kept apart from the rest.
    """

    right = SEE

    @extend_schema(parameters=PARAMETERS, responses=STATISTICS, tags=["statistics"])
    def get(self, request: Request) -> HttpResponse:
        return self.respond(show_statistics(get_statistics(self.actor, self._scope(request))))

    def _scope(self, request: Request) -> Scope:
        refuse_unknown(request, ScopeFilter)
        found = ScopeFilter(request.query_params, queryset=list_predictions(self.actor), request=request)
        if not found.is_valid():
            raise InvalidQuery(errors={name: [str(each) for each in every] for name, every in found.errors.items()})
        values: dict[str, Any] = found.form.cleaned_data
        if values["version"] and not values["model"]:
            raise InvalidQuery(errors={"version": [_("Name the model, too.")]})
        scope = Scope(
            reason=None if values["reason_id"] is None else int(values["reason_id"]),
            is_sampled=values["sampled"],
            decided_since=values["decided_after"],
            decided_until=values["decided_before"],
            received_since=values["received_after"],
            received_until=values["received_before"],
        )
        return scope.of_model(values["model"], values["version"]) if values["model"] else scope


class ComparedVersions(serializers.Serializer[Any]):
    """The keys of two model versions, as the statistics name them."""

    first = serializers.UUIDField()
    second = serializers.UUIDField()


class Comparison(Endpoint):
    """Two model versions on the items that both judged: what they said, and whom people agree with."""

    right = (AUDIT, MANAGE)

    @extend_schema(parameters=[ComparedVersions], responses=COMPARISON, tags=["statistics"])
    def get(self, request: Request) -> HttpResponse:
        asked = ComparedVersions(data=request.query_params)
        if not asked.is_valid():
            raise InvalidQuery(errors={name: [str(each) for each in every] for name, every in asked.errors.items()})
        versions = {name: list_models(self.actor).filter(id=key).first() for name, key in asked.validated_data.items()}
        return self.respond(show_comparison(compare(*self._known(versions))))

    @staticmethod
    def _known(versions: dict[str, ModelVersion | None]) -> list[ModelVersion]:
        """Raises InvalidQuery naming each that is not there."""
        sentence = _("There is no such model version.")
        if unknown := [name for name, version in versions.items() if version is None]:
            raise InvalidQuery(errors={name: [sentence] for name in unknown})
        return [version for version in versions.values() if version is not None]
