"""The history of one record: what happened to it and what changed in it, in one time line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.audit.queries.explorer import list_row_changes, list_trail
from bailiwick.kernel.base.actors import Authority

MOST_SHOWN = 50


@dataclass(slots=True)
class Happening:
    """An event with the changes of the record that its request made, or a change that no event tells of."""

    pk: UUID
    at: datetime
    request_id: str
    member_id: UUID | None
    event: Event | None = None
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class History:
    """A piece of a history, newest first; `older` is the key before which it goes on."""

    happenings: list[Happening]
    older: UUID | None


def read_history(
    actor: Authority, subject_ids: Sequence[UUID], row_ids: Sequence[UUID], before: UUID | None = None
) -> History:
    """Events about some subjects and changes of some rows, 50 at a time; needs `audit.read`."""
    events = list_trail(actor).filter(subject_id__in=subject_ids)
    changes = list_row_changes(actor).filter(row_id__in=row_ids)
    if before is not None:
        events, changes = events.filter(id__lt=before), changes.filter(id__lt=before)
    found: list[Event | Change] = [
        *events.order_by("-id")[: MOST_SHOWN + 1],
        *changes.order_by("-id")[: MOST_SHOWN + 1],
    ]
    found.sort(key=lambda row: row.id, reverse=True)
    shown = found[:MOST_SHOWN]
    return History(_grouped(shown), shown[-1].id if len(found) > MOST_SHOWN else None)


def _grouped(rows: list[Event | Change]) -> list[Happening]:
    """By transaction: the number of a request is whatever its caller says."""
    told: dict[tuple[str, int, str], Happening] = {}
    lines: list[Happening] = []
    for row in rows:
        if isinstance(row, Event):
            lines.append(Happening(row.id, row.at, row.request_id, row.member_id, event=row))
            if row.request_id:
                told.setdefault(_written_with(row), lines[-1])
    for row in rows:
        if isinstance(row, Event):
            continue
        if _written_with(row) not in told:
            line = Happening(row.id, row.at, row.request_id, row.member_id)
            lines.append(line)
            if row.request_id:
                told[_written_with(row)] = line
        told.get(_written_with(row), lines[-1]).changes.insert(0, row)
    return sorted(lines, key=lambda line: line.pk, reverse=True)


def _written_with(row: Event | Change) -> tuple[str, int, str]:
    return row.request_id, row.epoch, str(row.transaction_id)
