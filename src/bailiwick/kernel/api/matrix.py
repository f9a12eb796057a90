"""What every address needs, and so which roles pass: walked by tests, and written down for people."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.urls import URLPattern, get_resolver
from django.utils import translation

from bailiwick.kernel.api.checks import walk
from bailiwick.kernel.base.manifest import Role, registry
from bailiwick.kernel.base.rights import MEMBER, OPEN, Needed, declared_right, right_for, view_behind

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OF_FUNCTIONS = ("GET", "POST")
PASSING = {OPEN: "anybody", MEMBER: "every member"}

HEAD = """\
# Permissions

Every right, every role that is declared, and every address. Written by `make schema` from what runs; `make check`
refuses what is out of date, and a test calls each address as the holder of each role.

How to read it: whoever holds a role passes where one of its rights stands (with "and", one of each side). An
organisation's own roles are other sets of the same rights. Behind the door more may be asked: that a job, a key or a
decision is one's own, that a signature is fresh, that nobody gives more than they have; the README of each part says
so. Where every member passes, they meet what is theirs, or what a right over the whole or over one object shows them.
"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method of an address, or an action on the rows of a list; wanted is one right of each of `needs`."""

    part: str
    route: str
    pattern: URLPattern
    method: str
    action: str
    needs: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        return f"{self.method} /{self.route} {self.action}".rstrip()

    def admits(self, rights: Collection[str]) -> bool:
        """Whether a member with these rights over the organisation passes."""
        return all(not {OPEN, MEMBER}.union(rights).isdisjoint(needed) for needed in self.needs)

    @property
    def is_open(self) -> bool:
        return all(OPEN in needed for needed in self.needs)

    @property
    def rights(self) -> list[str]:
        """The rights among what it needs."""
        return [right for needed in self.needs for right in needed if right not in PASSING]


def endpoints() -> Iterator[Endpoint]:
    """Every method of every address, in the order of the URL configuration; without its last slash it is the same."""
    views = {route: view_behind(pattern.callback) for route, pattern in walk(get_resolver().url_patterns)}
    for route, pattern in walk(get_resolver().url_patterns):
        view = views[route]
        if views.get(f"{route}/") is view:
            continue
        declared = declared_right(pattern.callback)
        assert declared, f"/{route} declares no right"
        needs = {method: _alternatives(right_for(declared, method) or MEMBER) for method in _methods(view)}
        for method, needed in needs.items():
            yield Endpoint(_part(view), route, pattern, method, "", (needed,))
        for action in getattr(view, "bulk", ()):
            both = dict.fromkeys((needs["GET"], _alternatives(action.right or MEMBER)))
            yield Endpoint(_part(view), route, pattern, "POST", action.code, tuple(both))


def _methods(view: Callable[..., Any]) -> Iterable[str]:
    names = getattr(view, "http_method_names", None)
    if names is None:
        return OF_FUNCTIONS
    return [method for method in METHODS if method.lower() in names and hasattr(view, method.lower())]


def _alternatives(needed: Needed) -> tuple[str, ...]:
    return (needed,) if isinstance(needed, str) else needed


def _part(view: Callable[..., Any]) -> str:
    """The kernel package or app that a view belongs to."""
    names = view.__module__.split(".")
    return names[2] if names[0] == "bailiwick" else names[0]


def write_permissions() -> str:
    """The matrix as a document in Markdown and in English."""
    with translation.override("en"):
        return "\n".join([HEAD, *_write_roles(), *_write_addresses()])


def _roles() -> list[Role]:
    """Those of organisations, then those of the installation's own."""
    return [*registry().roles.values(), *registry().installation_roles.values()]


def _write_roles() -> Iterator[str]:
    roles = _roles()
    yield "## Roles\n"
    yield from (f"- `{role.code}`: {role.title}" for role in roles)
    yield "\n## Roles and rights\n"
    yield from _table(
        ["right", "what it allows", *(f"`{role.code}`" for role in roles)],
        (
            [f"`{right.code}`", str(right.title), *("●" if right.code in role.rights else "" for role in roles)]
            for right in registry().rights.values()
        ),
    )


def _write_addresses() -> Iterator[str]:
    yield "\n## Addresses\n"
    yield "An address of the API answers with and without its last slash. HEAD needs what GET needs."
    every = sorted(endpoints(), key=lambda each: each.part)
    for part, found in groupby(every, key=lambda each: each.part):
        yield f"\n### {part.capitalize()}\n"
        yield from _table(["address", "methods", "right", "who passes"], _rows(found))


def _rows(found: Iterable[Endpoint]) -> Iterator[list[str]]:
    for (route, action, needs), alike in groupby(found, key=lambda each: (each.route, each.action, each.needs)):
        several = list(alike)
        methods = ", ".join(each.method for each in several)
        asked = f"{methods} `{action}`" if action else methods
        yield [f"`/{_shown(route)}`", asked, _wanted(needs), _who(several[0])]


def _shown(route: str) -> str:
    return route.removeprefix("^").removesuffix("$").replace("|", "\\|")


def _wanted(needs: tuple[tuple[str, ...], ...]) -> str:
    each = [" or ".join(f"`{right}`" for right in needed) for needed in needs if needed[0] not in PASSING]
    return each[0] if len(each) == 1 else " and ".join(f"({one})" for one in each)


def _who(endpoint: Endpoint) -> str:
    if not endpoint.rights:
        return PASSING[OPEN] if endpoint.is_open else PASSING[MEMBER]
    return ", ".join(f"`{role.code}`" for role in _roles() if endpoint.admits(role.rights))


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    for cells in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cells)} |"
