"""What of the trail somebody may read: who somebody is, and from where, is for whoever may read what it hides."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from bailiwick.kernel.audit.choices import Veil
from bailiwick.kernel.audit.manifest import READ_SENSITIVE
from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.base.manifest import registry

NEVER_STORED = "***"
# fmt: off
SAYING_WHO = frozenset((
    "address", "agent", "department", "email", "employee_id", "first_name", "full_name", "ip", "last_name", "login",
    "mail", "name", "phone", "user_name", "username",
))
# fmt: on
"""Names that say who or where somebody is, wherever they stand."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A value of the trail, or why it is not shown."""

    name: str
    value: Any
    veil: Veil | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A column before and after a change, or why it is not shown."""

    column: str
    before: Any
    after: Any
    veil: Veil | None = None


def may_see_all(actor: Authority) -> bool:
    return actor.may(READ_SENSITIVE)


def show_address(actor: Authority, event: Event) -> Shown:
    """From where somebody came."""
    is_hidden = event.address is not None and not may_see_all(actor)
    return Shown("address", None, Veil.HIDDEN) if is_hidden else Shown("address", event.address)


def show_data(actor: Authority, event: Event) -> list[Shown]:
    """What an event says beside its verb, but for its reason where that is shown by itself."""
    telling = telling_names(event.subject_type)
    return [_show(actor, name, value, telling) for name, value in event.data.items()]


def show_reason(actor: Authority, event: Event) -> Shown:
    """Why it was done, in the words of whoever did it; an empty value where nobody was asked."""
    return _show(actor, "reason", event.data.get("reason", ""), telling_names(event.subject_type))


def tell_nobody(event: Event) -> dict[str, Any]:
    """What an event says, without what says who or where somebody is: for whoever is not known to read that."""
    telling = telling_names(event.subject_type)
    return {name: value for name, value in event.data.items() if not _tells(name, value, telling)}


def _show(actor: Authority, name: str, value: Any, telling: frozenset[str]) -> Shown:
    is_hidden = _tells(name, value, telling) and not may_see_all(actor)
    return Shown(name, None, Veil.HIDDEN) if is_hidden else Shown(name, value)


def _tells(name: str, value: Any, telling: frozenset[str]) -> bool:
    """Whether a value, or anything within it, stands under a telling name."""
    if value in ("", None):
        return False
    if name.lower() in telling:
        return True
    if isinstance(value, dict):
        return any(_tells(each, held, telling) for each, held in value.items())
    return isinstance(value, list) and any(_tells("", each, telling) for each in value)


def show_differences(actor: Authority, change: Change) -> list[Difference]:
    """The columns of a change by name."""
    return list(_differences(change, may_see_all(actor)))


def _differences(change: Change, sees_all: bool) -> Iterator[Difference]:
    telling = telling_names(label_of(change.table_name))
    for column, (before, after) in sorted(change.columns.items()):
        if before == after == NEVER_STORED:
            yield Difference(column, None, None, Veil.NEVER)
        elif column in telling and not sees_all:
            yield Difference(column, None, None, Veil.HIDDEN)
        else:
            yield Difference(column, before, after)


def label_of(table_name: str) -> str:
    """The model of a table as the trail writes it: "app.model"."""
    return table_name.replace("_", ".", 1)


def table_of(label: str) -> str:
    return label.replace(".", "_", 1)


@cache
def telling_names(label: str) -> frozenset[str]:
    """The names under which "app.model" says who somebody is: as manifests declare, and everywhere."""
    return SAYING_WHO.union(column for each in registry().personal if each.model == label for column in each.blank)
