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
    personal = personal_columns(event.subject_type)
    return [_show(actor, name, value, personal) for name, value in event.data.items()]


def show_reason(actor: Authority, event: Event) -> Shown:
    """Why it was done, in the words of whoever did it; an empty value where nobody was asked."""
    return _show(actor, "reason", event.data.get("reason", ""), personal_columns(event.subject_type))


def _show(actor: Authority, name: str, value: Any, personal: frozenset[str]) -> Shown:
    is_hidden = name in personal and value not in ("", None) and not may_see_all(actor)
    return Shown(name, None, Veil.HIDDEN) if is_hidden else Shown(name, value)


def show_differences(actor: Authority, change: Change) -> list[Difference]:
    """The columns of a change by name."""
    return list(_differences(change, may_see_all(actor)))


def _differences(change: Change, sees_all: bool) -> Iterator[Difference]:
    personal = personal_columns(label_of(change.table_name))
    for column, (before, after) in sorted(change.columns.items()):
        if before == after == NEVER_STORED:
            yield Difference(column, None, None, Veil.NEVER)
        elif column in personal and not sees_all:
            yield Difference(column, None, None, Veil.HIDDEN)
        else:
            yield Difference(column, before, after)


def label_of(table_name: str) -> str:
    """The model of a table as the trail writes it: "app.model"."""
    return table_name.replace("_", ".", 1)


def table_of(label: str) -> str:
    return label.replace(".", "_", 1)


@cache
def personal_columns(label: str) -> frozenset[str]:
    """The columns of "app.model" that say who somebody is, as manifests declare them."""
    return frozenset(column for each in registry().personal if each.model == label for column in each.blank)
