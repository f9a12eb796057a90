"""The parameters of the list."""

from typing import Any

import django_filters
from django_filters.rest_framework import FilterSet

from bailiwick.apps.predictions.choices import State, Verdict
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.queries import filters

MODEL_SIDE = ("verdict", "reason_id", "model", "version", "confidence_min", "confidence_max")
"""Parameters that tell what the model said."""


class PredictionFilter(FilterSet):
    """Every parameter narrows; together they all hold."""

    state = django_filters.ChoiceFilter(choices=State.choices, method="by_state")
    model = django_filters.CharFilter(field_name="model__name")
    version = django_filters.CharFilter(field_name="model__version")
    verdict = django_filters.ChoiceFilter(choices=Verdict.choices)
    reason_id = django_filters.NumberFilter(method="by_reason", min_value=0, max_value=2**63 - 1, decimal_places=0)
    product_id = django_filters.CharFilter()
    external_id = django_filters.CharFilter()
    confidence_min = django_filters.NumberFilter(field_name="confidence", lookup_expr="gte")
    confidence_max = django_filters.NumberFilter(field_name="confidence", lookup_expr="lte")
    received_after = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    received_before = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lt")
    decided_by = django_filters.UUIDFilter(method="by_decider")

    class Meta:
        model = Prediction
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        """Nobody finds out by a filter what is hidden from them."""
        if any(self.form.cleaned_data.get(name) not in (None, "") for name in MODEL_SIDE):
            queryset = filters.known_to(self.request.user, queryset)
        return super().filter_queryset(queryset)

    def by_state(self, rows: Any, _name: str, value: str) -> Any:
        return filters.in_state(rows, value)

    def by_reason(self, rows: Any, _name: str, value: Any) -> Any:
        return filters.with_reason(rows, int(value))

    def by_decider(self, rows: Any, _name: str, value: Any) -> Any:
        return filters.decided_by(rows, value)
