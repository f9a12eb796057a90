"""Figures of dashboards: each leads to the list of what it counts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

SPACE = "\u00a0"


class Part(Protocol):
    """Some of `n`: `value` is the share of those that hit, None of nothing."""

    @property
    def hits(self) -> int: ...
    @property
    def n(self) -> int: ...
    @property
    def value(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of a list, narrowed to a scope: pairs of the address's query that all figures have in common."""

    url_name: str
    base: tuple[tuple[str, str], ...] = ()

    def to(self, **query: Any) -> str:
        """The list narrowed further; what is None is left out, a list stands several times."""
        pairs = [(name, value) for name, given in query.items() for value in _each(given)]
        named = {name for name, _value in pairs}
        kept = [(name, value) for name, value in self.base if name not in named]
        return f"{reverse(self.url_name)}?{urlencode([*kept, *pairs])}"

    def without(self, *names: str) -> "Links":
        return replace(self, base=tuple(pair for pair in self.base if pair[0] not in names))

    def with_(self, **query: str) -> "Links":
        return replace(self, base=(*self.base, *query.items()))

    def figure(self, n: int, **query: Any) -> SafeString:
        """A count that opens what it counts; none opens nothing."""
        return self.said(number(n), n, **query)

    def share(self, share: Part, **query: Any) -> SafeString | str:
        """A share that opens its hits."""
        return self.said(percent(share.value), share.hits, **query) if share.n else _("none")

    def said(self, text: str, n: int, **query: Any) -> SafeString:
        """Some words that open the `n` rows behind them."""
        if not n:
            return format_html("{}", text)
        return format_html('<a class="fig" href="{}" data-n="{}">{}</a>', self.to(**query), n, text)


def _each(given: Any) -> Iterable[str]:
    if given is None:
        return []
    return map(_plain, given) if isinstance(given, list) else [_plain(given)]


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def number(value: float, places: int = 0) -> str:
    """A number with the language's marks, rounded."""
    # Django cuts off what has no place.
    return number_format(Decimal(f"{value:.{places}f}"), places, use_l10n=True, force_grouping=True)


def percent(share: float | None, places: int = 1) -> str:
    """A share in per cent."""
    return _("none") if share is None else f"{number(share * 100, places)}{SPACE}%"
