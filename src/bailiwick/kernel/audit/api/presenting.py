"""The trail as programs get it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.audit.queries.showing import label_of, show_address, show_data, show_differences
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries import list_member_names

People = dict[UUID | None, Member]


def people_of(rows: Iterable[Event | Change]) -> People:
    """Everybody who did something of a list."""
    return list_member_names({row.member_id for row in rows if row.member_id})


def show_event(actor: Actor, event: Event, people: People) -> dict[str, Any]:
    address, data = show_address(actor, event), show_data(actor, event)
    verb = registry().verbs.get(event.verb)
    return {
        "id": event.id,
        "at": event.at,
        "verb": event.verb,
        "sentence": str(verb.title) if verb else event.verb,
        "subject": _record(event.subject_type, event.subject_id),
        "member": _named(people.get(event.member_id)),
        "credential": event.credential,
        "credential_id": event.credential_id,
        "request_id": event.request_id,
        "address": address.value,
        "right": event.right or None,
        "over": _record(event.over_type, event.over_id) if event.over_id else None,
        "data": {each.name: each.value for each in data if not each.veil},
        "hidden": [each.name for each in (address, *data) if each.veil],
    }


def show_change(actor: Actor, change: Change, people: People) -> dict[str, Any]:
    return {
        "id": change.id,
        "at": change.at,
        "record": _record(label_of(change.table_name), change.row_id),
        "operation": change.operation,
        "columns": [
            {"name": each.column, "before": each.before, "after": each.after, "veil": each.veil}
            for each in show_differences(actor, change)
        ],
        "member": _named(people.get(change.member_id)),
        "request_id": change.request_id,
    }


def _record(label: str, key: UUID) -> dict[str, Any]:
    return {"type": label, "id": key}


def _named(member: Member | None) -> dict[str, Any] | None:
    return {"id": member.id, "name": member.name} if member else None
