"""The start is refused when an address does not say who may call it."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.base.rights import MEMBER, OPEN, declared_right, rights_in


@register()
def check_rights(**kwargs: Any) -> list[CheckMessage]:
    """Every address declares a right that some manifest registers, or that it is open, or for every member."""
    return [problem for route, pattern in walk(get_resolver().url_patterns) for problem in _problems(route, pattern)]


def walk(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of a URL configuration with its full route."""
    for each in patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from walk(each.url_patterns, route)
        else:
            yield route, each


def _problems(route: str, pattern: URLPattern) -> Iterator[CheckMessage]:
    declared = declared_right(pattern.callback)
    if not declared:
        yield Error(f"/{route} declares no right.", hint="Set `right` or decorate with `declare`.", id="api.E001")
        return
    known = {OPEN, MEMBER, *registry().rights}
    for right in rights_in(declared):
        if right not in known:
            yield Error(f"/{route} declares {right!r}, which no manifest registers.", id="api.E002")
