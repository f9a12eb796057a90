"""Filters of lists, where a parameter that nobody knows is refused: a typo must not show everything."""

from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import FilterSet
from rest_framework.request import Request

from bailiwick.kernel.api.errors import InvalidQuery
from bailiwick.kernel.api.pagination import PARAMETERS


@cache
def parameter_names(filterset_class: type[FilterSet] | None) -> frozenset[str]:
    """The query parameters that a filter set understands; a range has two."""
    names: set[str] = set()
    for name, each in (filterset_class.base_filters if filterset_class else {}).items():
        suffixes = getattr(each.field_class.widget, "suffixes", None)
        names.update(f"{name}_{suffix}" for suffix in suffixes) if suffixes else names.add(name)
    return frozenset(names)


def refuse_unknown(request: Request, filterset_class: type[FilterSet] | None) -> None:
    """Raises InvalidQuery naming every parameter that the list does not have."""
    known = parameter_names(filterset_class)  # type: ignore[arg-type]
    if unknown := request.query_params.keys() - known - PARAMETERS:
        choices = ", ".join(sorted(known | PARAMETERS))
        sentence = _("There is no such parameter. Choose among: {choices}.").format(choices=choices)
        raise InvalidQuery(errors={name: [sentence] for name in sorted(unknown)})


def narrow(request: Request, rows: QuerySet[Any], filterset_class: type[FilterSet] | None) -> QuerySet[Any]:
    """The rows that the request asks for; raises InvalidQuery naming a filter whose value is not understood."""
    if filterset_class is None or not request.query_params.keys() & parameter_names(filterset_class):  # type: ignore[arg-type]
        return rows
    filterset = filterset_class(request.query_params, queryset=rows, request=request)
    if not filterset.is_valid():
        raise InvalidQuery(errors={name: [str(each) for each in found] for name, found in filterset.errors.items()})
    return filterset.qs
