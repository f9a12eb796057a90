"""The report of disclosures: who was shown what is sensitive."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.web.grants import DayField
from bailiwick.kernel.audit.choices import Veil
from bailiwick.kernel.audit.models import Read
from bailiwick.kernel.audit.queries.showing import may_see_all
from bailiwick.kernel.audit.rules.keys import first_key
from bailiwick.kernel.base.manifest import EMERGENCY, Sensitive, registry
from bailiwick.kernel.disclosures.manifest import READ
from bailiwick.kernel.disclosures.queries.emergencies import find_emergency_of
from bailiwick.kernel.disclosures.queries.reads import about_member, get_read, list_purposes, list_reads, of_record
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries.people import list_colleagues, list_member_names
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.web.tables import Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

ANY = ("", gettext_lazy("anybody"))
MOST_OFFERED = 200
SLACK = timedelta(hours=1)
"""By which clocks may differ."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One reading as the list shows it."""

    read: Read
    reader: Member | None
    address: str

    @property
    def sensitive(self) -> Sensitive | None:
        return registry().sensitives.get(self.read.kind)

    @property
    def title(self) -> str:
        return str(self.sensitive.title) if self.sensitive else self.read.kind

    @property
    def purpose(self) -> str:
        titles = self.sensitive.titles if self.sensitive else {}
        return str(titles.get(self.read.purpose, self.read.purpose))

    @property
    def is_emergency(self) -> bool:
        return self.read.purpose == EMERGENCY.code

    @property
    def credential(self) -> str:
        return str(dict(Credential.choices).get(self.read.credential, self.read.credential))


class ReadFilters(forms.Form):
    """What the report is narrowed by."""

    record = forms.CharField(label=gettext_lazy("Number or key of a record"), max_length=255, required=False)
    reader = forms.ChoiceField(label=gettext_lazy("Read by"), required=False)
    about = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind is"), required=False)
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose is"), required=False)
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("Until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(each.model, str(each.title)) for each in registry().sensitives.values()]
        offered = {
            "reader": [ANY, *_people(self.data.get("reader", ""), are_people=False)],
            "about": [ANY, *_people(self.data.get("about", ""), are_people=True)],
            "kind": [("", _("any")), *kinds],
            "purpose": [("", _("any")), *list_purposes()],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]


def _people(chosen: str, *, are_people: bool) -> list[tuple[str, str]]:
    """Whom one may choose: 200 by name, and whoever is chosen already, who may have left."""
    found = {str(each.id): each.name for each in list_colleagues(are_people=are_people, most=MOST_OFFERED)}
    try:
        named = list_member_names({UUID(chosen)}) if chosen and chosen not in found else {}
    except ValueError:
        named = {}
    return list((found | {str(each.id): each.name for each in named.values()}).items())


class ReadList(ListPage):
    """Who was shown what is sensitive, newest first (45 CFR 164.528: the accounting of disclosures)."""

    right = READ
    title = gettext_lazy("Disclosures")
    lead = gettext_lazy("Who was shown what is sensitive, when, and what for.")
    nothing_yet = gettext_lazy("Nobody has read anything sensitive yet")
    nothing_yet_hint = gettext_lazy("Which records are sensitive is decided under “Sensitive records”.")
    caption = gettext_lazy("Disclosures, newest first")
    filter_class = ReadFilters
    search_name = "record"
    columns = (
        Column(
            gettext_lazy("When"),
            lambda row: parts.ago(row.read.at),
            link=lambda row: reverse("disclosures:read", args=[row.read.id]),
            value=lambda row: row.read.at,
            sort="id",
            classes="nowrap",
            code="when",
        ),
        Column(
            gettext_lazy("Who"),
            lambda row: parts.who(row.reader),
            value=lambda row: row.reader and row.reader.name,
            classes="",
            code="who",
        ),
        Column(gettext_lazy("What"), lambda row: row.title, code="kind"),
        Column(
            gettext_lazy("Records"),
            lambda row: parts.figure(len(row.read.row_ids)),
            value=lambda row: len(row.read.row_ids),
            classes="c-hide num",
            code="records",
        ),
        Column(
            gettext_lazy("Purpose"),
            lambda row: parts.state("late", row.purpose) if row.is_emergency else row.purpose,
            value=lambda row: row.purpose,
            classes="c-2",
            code="purpose",
        ),
        Column(gettext_lazy("By way of"), lambda row: row.credential, code="credential"),
        Column(
            gettext_lazy("Address"),
            lambda row: row.address or _("none"),
            value=lambda row: row.address,
            classes="c-hide nowrap",
            code="address",
            is_shown=False,
        ),
        Column(
            gettext_lazy("Keys of the records"),
            lambda row: ", ".join(str(each) for each in row.read.row_ids[:3]),
            value=lambda row: " ".join(str(each) for each in row.read.row_ids),
            classes="c-hide cut-cell",
            code="keys",
            is_shown=False,
        ),
        Column(
            gettext_lazy("Request"),
            lambda row: row.read.request_id,
            classes="c-hide cut-cell",
            code="request",
            is_shown=False,
        ),
    )

    def rows(self) -> QuerySet[Read]:
        return list_reads(self.actor)

    def narrow(self, rows: QuerySet[Read], values: Mapping[str, Any]) -> QuerySet[Read]:
        if values["record"]:
            rows = of_record(rows, values["record"].strip())
        if values["about"]:
            rows = about_member(rows, UUID(values["about"]))
        plain = {"member_id": values["reader"], "kind": values["kind"], "purpose": values["purpose"]}
        rows = rows.filter(**{name: value for name, value in plain.items() if value})
        if values["since"]:
            begins = _midnight(values["since"])
            # Keys carry their time: months before are not looked at.
            rows = rows.filter(at__gte=begins, id__gte=first_key(begins - SLACK))
        return rows.filter(at__lt=_midnight(values["until"] + timedelta(days=1))) if values["until"] else rows

    def present(self, rows: list[Read]) -> Iterable[Shown]:
        return shown(self.actor, rows)

    def views(self) -> list[NamedView]:
        return [
            NamedView(_("All"), {}),
            NamedView(_("Emergencies"), {"purpose": EMERGENCY.code}),
            NamedView(_("Exports"), {"purpose": "export"}),
        ]


def _midnight(day: Any) -> datetime:
    return make_aware(datetime.combine(day, time.min))


def shown(actor: Actor, rows: list[Read]) -> list[Shown]:
    """Readings with whoever read."""
    names = list_member_names({each.member_id for each in rows if each.member_id})
    return [Shown(each, names.get(each.member_id), address_of(actor, each)) for each in rows]


def address_of(actor: Actor, read: Read) -> str:
    """From where it was read, as far as the actor may know."""
    return str(read.address or "") if may_see_all(actor) else str(Veil.HIDDEN.label if read.address else "")


class OneRead(Page):
    """One reading with its records; each leads to its page, which asks for the right to it."""

    right = READ
    template_name = "disclosures/read.html"
    navigation_name = "disclosures:reads"

    def get(self, request: HttpRequest, read_id: UUID) -> HttpResponse:
        read = get_read(self.actor, read_id)
        [reading] = shown(self.actor, [read])
        about = list(list_member_names(set(read.about_ids)).values())
        return self.show(reading=reading, about=about, emergency=find_emergency_of(read))
