"""One event with all that belongs to it, and the history of one record."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from bailiwick.kernel.access.queries.deeds import explain_event, may_ask_about, principals_of
from bailiwick.kernel.audit.choices import Operation
from bailiwick.kernel.audit.manifest import READ
from bailiwick.kernel.audit.models import Change
from bailiwick.kernel.audit.queries.explorer import MOST_TOGETHER, get_event, list_changes_with, list_events_with
from bailiwick.kernel.audit.queries.records import Happening, read_history
from bailiwick.kernel.audit.queries.showing import (
    Difference,
    label_of,
    show_data,
    show_differences,
)
from bailiwick.kernel.audit.web.trail import (
    ListedEvent,
    People,
    history_of,
    listed_event,
    name_of,
    people_in,
    record_title,
    title_of,
)
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.decisions.queries import list_decisions
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.web.errors import InvalidAddress
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.worklist.queries import list_items_about


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change with its columns as the reader may see them."""

    change: Change
    member: Member | None
    title: str
    differences: list[Difference]

    @property
    def operation(self) -> str:
        return str(Operation(self.change.operation).label)

    @property
    def label(self) -> str:
        return label_of(self.change.table_name)

    @property
    def history(self) -> str:
        return history_of(self.label, self.change.row_id)


@dataclass(frozen=True, slots=True)
class ShownHappening:
    """A line of a record's history."""

    happening: Happening
    who: str
    member: Member | None
    listed: ListedEvent | None
    changes: list[ShownChange]

    @property
    def operation(self) -> str:
        """What a change that no event tells of did."""
        return self.changes[0].operation if self.changes else ""


class TrailPage(Page):
    """A page of the trail: who did what is looked up once."""

    right = READ
    navigation_name = "audit:events"

    def changed(self, changes: Iterable[Change], people: People) -> list[ShownChange]:
        return [
            ShownChange(
                change,
                people.get(change.member_id),
                record_title(label_of(change.table_name), change.row_id, people),
                show_differences(self.actor, change),
            )
            for change in changes
        ]


class EventPage(TrailPage):
    """An event, what its request changed, what else it did, and why whoever did it was allowed to."""

    template_name = "audit/event.html"

    def get(self, request: HttpRequest, event_id: UUID) -> HttpResponse:
        event = get_event(self.actor, event_id)
        changes, others = list_changes_with(self.actor, event), list_events_with(self.actor, event)
        people = people_in([event, *others], changes)
        why = explain_event(self.actor, event)
        listed = listed_event(self.actor, event, people)
        right = registry().rights.get(event.right)
        return self.show(
            event=event,
            listed=listed,
            who=name_of(listed.member),
            data=[each for each in show_data(self.actor, event) if each.name != "reason"],
            record=listed.record,
            record_history=history_of(event.subject_type, event.subject_id),
            record_page=page_of(event.subject_type, event.subject_id),
            right_title=right.title if right else "",
            over=record_title(event.over_type, event.over_id, people) if event.over_id else "",
            why=why,
            may_ask=may_ask_about(self.actor, event),
            principals=principals_of(why) if why else [],
            changes=self.changed(changes, people),
            others=[listed_event(self.actor, other, people) for other in others],
            most=MOST_TOGETHER,
        )


class HistoryPage(TrailPage):
    """What happened to one record and what changed in it, newest first."""

    template_name = "audit/history.html"

    def get(self, request: HttpRequest, object_type: str, object_id: UUID) -> HttpResponse:
        items = [item.id for item in list_items_about(object_type, object_id)]
        decisions = [decision.id for decision in list_decisions(items)] if items else []
        before = read_key(request.GET.get("before", ""))
        history = read_history(self.actor, [object_id, *items, *decisions], [object_id, *items], before)
        if not history.happenings and before is None:
            raise NotFound
        events = [each.event for each in history.happenings if each.event]
        people = people_in(events, [change for each in history.happenings for change in each.changes])
        return self.show(
            title=record_title(object_type, object_id, people),
            kind=title_of(object_type),
            object_id=object_id,
            record_page=page_of(object_type, object_id),
            lines=[self.shown(each, people) for each in history.happenings],
            older=history.older,
        )

    def shown(self, each: Happening, people: People) -> ShownHappening:
        member = people.get(each.member_id)
        listed = listed_event(self.actor, each.event, people) if each.event else None
        return ShownHappening(each, name_of(member), member, listed, self.changed(each.changes, people))


def page_of(label: str, key: UUID) -> str:
    """The page of a record, where a manifest declares one for its kind; "" for none."""
    kind = registry().grantables.get(label) or registry().sensitives.get(label)
    try:
        return reverse(kind.url_name, args=[key]) if kind else ""
    except NoReverseMatch:
        return ""


def read_key(text: str) -> UUID | None:
    """Where a history goes on; raises InvalidAddress for what no page of ours wrote."""
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise InvalidAddress(_("This address does not belong to the history. Begin again without it.")) from error
