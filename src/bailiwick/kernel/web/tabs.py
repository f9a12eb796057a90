"""The views of a list as tabs: those its page declares, my own, and those that others share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict

from bailiwick.kernel.base.manifest import Text
from bailiwick.kernel.web.models import SavedView

COUNTED = 8
COUNTED_UP_TO = 1_000
PASSING = ("cursor", "part")
"""Parameters that say where one stands in a list, and nothing of what it shows."""
LOOK = ("sort", "columns")


@dataclass(frozen=True, slots=True)
class NamedView:
    """A view that a list's page declares: a title and the filters it stands for."""

    title: Text
    query: Mapping[str, str]


@dataclass(slots=True)
class Tab:
    """A view as it is shown; `count` is None as long as nobody has counted."""

    title: Text
    query: str
    saved: SavedView | None = None
    is_current: bool = False
    is_mine: bool = False
    count: int | None = None

    @property
    def address(self) -> str:
        return f"?{self.query}" if self.query else ""


def query_of(given: QueryDict, *, without: Sequence[str] = PASSING) -> str:
    """An address's parameters without those that are empty or passing."""
    pairs = [(name, value) for name, values in given.lists() for value in values if value and name not in without]
    return urlencode(pairs)


def tabs_of(
    declared: Sequence[NamedView], saved: Sequence[SavedView], given: QueryDict, member_id: object
) -> list[Tab]:
    """All views; the current one is exactly what the address shows, else the one that has its filters."""
    tabs = [Tab(each.title, urlencode(each.query)) for each in declared]
    tabs += [Tab(each.title, each.query, each, is_mine=each.member_id == member_id) for each in saved]
    exact, filters = _pairs(query_of(given)), _pairs(query_of(given, without=(*PASSING, *LOOK)))
    current = next((tab for tab in tabs if _pairs(tab.query) == exact), None)
    current = current or next((tab for tab in tabs if _pairs(tab.query) == filters), None)
    if current:
        current.is_current = True
    return tabs


def _pairs(query: str) -> list[tuple[str, str]]:
    return sorted(parse_qsl(query))
