"""The parameters of the list."""

from typing import Any

import django_filters
from django_filters.rest_framework import FilterSet

from bailiwick.apps.claims.choices import Stage, Status
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries import filters

STAGES = [choice for choice in Stage.choices if choice[0] != Stage.DRAFT]


class ClaimFilter(FilterSet):
    """Every parameter narrows; together they all hold. Bounds are inclusive, dates are those of service."""

    from_date = django_filters.DateFilter(field_name="service_date", lookup_expr="gte")
    to_date = django_filters.DateFilter(field_name="service_date", lookup_expr="lte")
    status = django_filters.ChoiceFilter(choices=Status.choices)
    stage = django_filters.ChoiceFilter(choices=STAGES)
    patient_id = django_filters.UUIDFilter()
    provider_id = django_filters.UUIDFilter()
    assigned_processor = django_filters.UUIDFilter(field_name="assigned_processor_id")
    min_amount = django_filters.NumberFilter(field_name="amount", lookup_expr="gte")
    max_amount = django_filters.NumberFilter(field_name="amount", lookup_expr="lte")
    number = django_filters.CharFilter(method="by_number")

    class Meta:
        model = Claim
        fields: list[str] = []

    def by_number(self, rows: Any, _name: str, value: str) -> Any:
        return filters.numbered(rows, value)
