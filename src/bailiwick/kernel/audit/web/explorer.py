"""The lists of the trail: what happened, and what changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.audit.choices import Operation
from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.audit.queries.explorer import Search, list_row_changes, list_trail, search_of
from bailiwick.kernel.audit.queries.showing import label_of, table_of
from bailiwick.kernel.audit.web.trail import (
    ANY,
    KindField,
    TrailFilters,
    TrailList,
    VerbField,
    history_of,
    listed_event,
    name_of,
    people_in,
    plain,
    record_title,
    veiled,
    who_of,
)
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries import list_member_names
from bailiwick.kernel.web.tables import Column, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts


class EventFilters(TrailFilters):
    """What events are narrowed by."""

    verb = VerbField(label=gettext_lazy("What happened"))
    app = forms.ChoiceField(label=gettext_lazy("Part of the platform"), required=False)
    subject_type = KindField(label=gettext_lazy("Kind of record"))
    subject = forms.UUIDField(label=gettext_lazy("Key of the record"), required=False)
    credential = forms.ChoiceField(label=gettext_lazy("By"), choices=[ANY, *Credential.choices], required=False)
    credential_id = forms.UUIDField(label=gettext_lazy("Session or key"), required=False)

    field_order = (
        "request",
        "verb",
        "app",
        "member",
        "credential",
        "subject_type",
        "subject",
        "since",
        "until",
        "credential_id",
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        parts = [apps.get_app_config(manifest.app) for manifest in registry().manifests if manifest.verbs]
        self.fields["app"].choices = [ANY, *((part.label, part.verbose_name) for part in parts)]  # type: ignore[attr-defined]


class EventList(TrailList):
    """Everything that happened."""

    template_name = "audit/events.html"
    title = gettext_lazy("Trail")
    lead = gettext_lazy("What happened, who did it, and by what right. Nothing here can be changed.")
    nothing_yet = gettext_lazy("Nothing has happened yet")
    caption = gettext_lazy("Events, newest first")
    filter_class = EventFilters
    columns = (
        Column(
            gettext_lazy("What"),
            lambda row: row.sentence,
            sub=lambda row: row.event.verb,
            sub_title=gettext_lazy("Verb"),
            link=lambda row: reverse("audit:event", args=[row.pk]),
            classes="w",
            code="what",
        ),
        Column(gettext_lazy("Who"), lambda row: who_of(row.member), value=lambda row: name_of(row.member), code="who"),
        Column(
            gettext_lazy("Record"),
            lambda row: row.record,
            link=lambda row: history_of(row.event.subject_type, row.event.subject_id),
            value=lambda row: f"{row.event.subject_type}:{row.event.subject_id}",
            code="record",
        ),
        Column(
            gettext_lazy("From where"),
            lambda row: veiled(row.address),
            value=lambda row: plain(row.address),
            code="address",
        ),
        Column(gettext_lazy("By"), lambda row: row.credential, code="credential"),
        Column(
            gettext_lazy("Reason"),
            lambda row: veiled(row.reason),
            value=lambda row: plain(row.reason),
            classes="c-hide cut-cell",
            code="reason",
        ),
        Column(
            gettext_lazy("When"),
            lambda row: parts.ago(row.event.at),
            value=lambda row: row.event.at,
            sort="id",
            classes="num c-3 nowrap dim",
            code="when",
        ),
        Column(
            gettext_lazy("Request number"),
            lambda row: format_html("<code>{}</code>", row.event.request_id),
            code="request",
            is_shown=False,
        ),
        Column(
            gettext_lazy("Right asked for"),
            lambda row: format_html("<code>{}</code>", row.event.right) if row.event.right else _("none"),
            value=lambda row: row.event.right,
            code="right",
            is_shown=False,
        ),
        Column(
            gettext_lazy("Session or key"),
            lambda row: str(row.event.credential_id or _("none")),
            value=lambda row: str(row.event.credential_id or ""),
            code="credential_id",
            is_shown=False,
        ),
    )

    def rows(self) -> QuerySet[Event]:
        return list_trail(self.actor)

    def search(self, values: Mapping[str, Any]) -> Search:
        return search_of(
            keyed={
                "subject_id": values["subject"],
                "verb": values["verb"],
                "member_id": values["member"],
                "request_id": values["request"],
            },
            rest={
                "subject_type": values["subject_type"],
                "credential": values["credential"],
                "credential_id": values["credential_id"],
            },
            app=values["app"],
            since=values["since"],
            until=values["until"],
            before=values["before"],
        )

    def present(self, rows: list[Event]) -> Iterable[Any]:
        people = people_in(rows)
        return [listed_event(self.actor, row, people) for row in rows]

    def views(self) -> list[NamedView]:
        return [
            NamedView(_("All"), {}),
            NamedView(_("Refused"), {"verb": "access.right.refused"}),
            NamedView(_("Grants given"), {"verb": "access.grant.given"}),
            NamedView(_("Signed in"), {"verb": "identity.sign_in.succeeded"}),
            NamedView(_("Failed to sign in"), {"verb": "identity.sign_in.failed"}),
        ]


class ChangeFilters(TrailFilters):
    """What changes are narrowed by."""

    table = KindField(label=gettext_lazy("Kind of record"))
    row = forms.UUIDField(label=gettext_lazy("Key of the record"), required=False)
    operation = forms.ChoiceField(label=gettext_lazy("It was"), choices=[ANY, *Operation.choices], required=False)

    field_order = ("request", "table", "row", "member", "operation", "since", "until")


@dataclass(frozen=True, slots=True)
class ListedChange:
    """A change as the list shows it."""

    change: Change
    member: Member | None

    @property
    def pk(self) -> UUID:
        return self.change.pk

    @property
    def label(self) -> str:
        return label_of(self.change.table_name)


class ChangeList(TrailList):
    """Every change of a row, as the database itself wrote it down."""

    template_name = "audit/changes.html"
    navigation_name = "audit:events"
    title = gettext_lazy("Changes of rows")
    lead = gettext_lazy("What the database wrote down of each change, whoever made it and however.")
    nothing_yet = gettext_lazy("Nothing has changed yet")
    caption = gettext_lazy("Changes, newest first")
    filter_class = ChangeFilters
    columns = (
        Column(
            gettext_lazy("Record"),
            lambda row: record_title(row.label, row.change.row_id),
            sub=lambda row: row.label,
            sub_title=gettext_lazy("Kind of record"),
            link=lambda row: history_of(row.label, row.change.row_id),
            value=lambda row: str(row.change.row_id),
            classes="w",
            code="record",
        ),
        Column(
            gettext_lazy("It was"),
            lambda row: Operation(row.change.operation).label,
            classes="c-2 nowrap",
            code="operation",
        ),
        Column(
            gettext_lazy("Columns"),
            lambda row: ", ".join(sorted(row.change.columns)),
            classes="c-hide cut-cell",
            code="columns",
        ),
        Column(gettext_lazy("Who"), lambda row: who_of(row.member), value=lambda row: name_of(row.member), code="who"),
        Column(
            gettext_lazy("Request number"),
            lambda row: format_html("<code>{}</code>", row.change.request_id),
            code="request",
        ),
        Column(
            gettext_lazy("When"),
            lambda row: parts.ago(row.change.at),
            value=lambda row: row.change.at,
            sort="id",
            classes="num c-3 nowrap dim",
            code="when",
        ),
    )

    def rows(self) -> QuerySet[Change]:
        return list_row_changes(self.actor)

    def search(self, values: Mapping[str, Any]) -> Search:
        return search_of(
            keyed={
                "row_id": values["row"],
                "table_name": table_of(values["table"]),
                "member_id": values["member"],
                "request_id": values["request"],
            },
            rest={"operation": values["operation"]},
            since=values["since"],
            until=values["until"],
            before=values["before"],
        )

    def present(self, rows: list[Change]) -> Iterable[Any]:
        people = list_member_names({row.member_id for row in rows if row.member_id})
        return [ListedChange(row, people.get(row.member_id)) for row in rows]

    def views(self) -> list[NamedView]:
        return [NamedView(_("All"), {}), *(NamedView(each.label, {"operation": each}) for each in Operation)]
