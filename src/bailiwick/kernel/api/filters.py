"""Filters of lists, where a parameter that nobody knows is refused: a typo must not show everything."""

from collections import OrderedDict
from collections.abc import Iterator, Set
from functools import cache, lru_cache
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import Filter, FilterSet
from django_filters.fields import IsoDateTimeField
from rest_framework.request import Request

from bailiwick.kernel.api.errors import InvalidQuery

PAGE_PARAMETERS = frozenset({"cursor", "page_size", "ordering"})
TYPES: dict[type[forms.Field], dict[str, str]] = {
    forms.UUIDField: {"type": "string", "format": "uuid"},
    IsoDateTimeField: {"type": "string", "format": "date-time"},
    forms.DateField: {"type": "string", "format": "date"},
    forms.NullBooleanField: {"type": "boolean"},
    forms.DecimalField: {"type": "number"},
}


def parameters_of(filterset_class: type[FilterSet] | None) -> Iterator[tuple[str, Filter]]:
    """The query parameters that a filter set understands; a range has two."""
    for name, each in (filterset_class.base_filters if filterset_class else {}).items():
        suffixes = getattr(each.field_class.widget, "suffixes", None)
        yield from ((f"{name}_{suffix}" if suffix else name, each) for suffix in suffixes or [""])


@cache
def parameter_names(filterset_class: type[FilterSet] | None) -> frozenset[str]:
    return frozenset(name for name, _filter in parameters_of(filterset_class))


def describe_filters(filterset_class: type[FilterSet] | None) -> list[dict[str, Any]]:
    """The filters for the API reference, which is made outside of every organisation."""
    return [{"name": name, "in": "query", "schema": _describe(each)} for name, each in parameters_of(filterset_class)]


def _describe(each: Filter) -> dict[str, Any]:
    described: dict[str, Any] = next(
        (dict(found) for kind, found in TYPES.items() if issubclass(each.field_class, kind)), {"type": "string"}
    )
    if choices := each.extra.get("choices"):
        described["enum"] = [value for value, _title in choices]
    return described


def refuse_unknown(
    request: Request, filterset_class: type[FilterSet] | None, of_pages: Set[str] = PAGE_PARAMETERS
) -> None:
    """Raises InvalidQuery naming every parameter that the list does not have."""
    known = parameter_names(filterset_class) | of_pages  # type: ignore[arg-type]
    if unknown := request.query_params.keys() - known:
        choices = ", ".join(sorted(known))
        sentence = _("There is no such parameter. Choose among: {choices}.").format(choices=choices)
        raise InvalidQuery(errors={name: [sentence] for name in sorted(unknown)})


@lru_cache(maxsize=256)
def _only(filterset_class: type[FilterSet], asked: frozenset[str]) -> type[FilterSet]:
    """The filters that a request asks for: a set copies each of its own, and has a form of them, every time."""
    names = {id(each) for name, each in parameters_of(filterset_class) if name in asked}
    kept = {name: each for name, each in filterset_class.base_filters.items() if id(each) in names}
    narrower: type[FilterSet] = type(filterset_class.__name__, (filterset_class,), {})
    narrower.base_filters = OrderedDict(kept)
    return narrower


def narrow(request: Request, rows: QuerySet[Any], filterset_class: type[FilterSet] | None) -> QuerySet[Any]:
    """The rows that the request asks for; raises InvalidQuery naming a filter whose value is not understood."""
    if filterset_class is None:
        return rows
    asked = request.query_params.keys() & parameter_names(filterset_class)  # type: ignore[arg-type]
    if not asked:
        return rows
    narrower = _only(filterset_class, frozenset(asked))  # type: ignore[arg-type]
    filterset = narrower(request.query_params, queryset=rows, request=request)
    if not filterset.is_valid():
        raise InvalidQuery(errors={name: [str(each) for each in found] for name, found in filterset.errors.items()})
    return filterset.qs
