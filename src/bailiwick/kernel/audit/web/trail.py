"""What the lists of the trail share: who did it, what it was about, and a search that ends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.manifest import READ
from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.audit.queries.explorer import LOOKED_AT, Search, edge_of, find_all, within
from bailiwick.kernel.audit.queries.showing import Shown, show_address, show_reason
from bailiwick.kernel.audit.rules.keys import moment_of
from bailiwick.kernel.base.manifest import Text, registry
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.identity.queries import list_member_names
from bailiwick.kernel.identity.queries.people import list_colleagues, list_people_meant
from bailiwick.kernel.web.tables import ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts

ANY = ("", gettext_lazy("any"))
MOST_OFFERED = 200
People = Mapping[UUID | None, Member]
PEOPLE = frozenset((Member._meta.label_lower, User._meta.label_lower))


class Offering(forms.TextInput):
    """A text that is typed, or chosen among what is offered for it."""

    offers: ClassVar[list[tuple[str, Text]]] = []

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        given = {"list": f"{name}-offered", "autocomplete": "off", **(attrs or {})}
        options = format_html_join("", '<option value="{}">{}</option>', self.offers)
        field = super().render(name, value, given, renderer)
        return format_html("{}<datalist{}>{}</datalist>", field, flatatt({"id": f"{name}-offered"}), options)


class VerbField(forms.CharField):
    """The code of a registered verb; a filter in use reads as its sentence."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=Offering(), required=False, max_length=100, **options)
        self.choices = [(verb.code, verb.title) for verb in registry().verbs.values()]
        self.widget.offers = self.choices


class KindField(forms.CharField):
    """The kind of a record, as the trail names it: "app.model"."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=Offering(), required=False, max_length=100, **options)
        ours = [model for model in apps.get_models() if model.__module__.startswith("bailiwick.")]
        self.widget.offers = sorted((model._meta.label_lower, "") for model in ours)


class MemberField(forms.TypedChoiceField):
    """Who did it: the first by name, and whoever is asked for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=UUID, empty_value=None, required=False, **options)

    def offer(self, asked: str) -> None:
        people = [*list_colleagues(are_people=False, most=MOST_OFFERED), *list_member_names(_keys(asked)).values()]
        self.choices = [ANY, *{str(member.id): member.name for member in people}.items()]


class MomentField(forms.DateTimeField):
    """A moment, to the second, where the reader is."""

    def __init__(self, **options: Any) -> None:
        attributes = {"type": "datetime-local", "step": "1"}
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M:%S", attrs=attributes)
        super().__init__(widget=widget, required=False, **options)


class TrailFilters(forms.Form):
    """What both lists are narrowed by; `before` is where a search that ended goes on."""

    request = forms.CharField(label=gettext_lazy("Request number"), max_length=64, required=False)
    member = MemberField(label=gettext_lazy("Done by"))
    since = MomentField(label=gettext_lazy("From"))
    until = MomentField(label=gettext_lazy("Until before"))
    before = forms.UUIDField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["member"].offer(data.get("member", ""))  # type: ignore[attr-defined]


class TrailList(ListPage):
    """A list of the trail, newest first. What no index serves alone is looked for among 10,000 rows, and says so."""

    right = READ
    search_name = "request"
    note_name = "audit/_edge.html"
    nothing_yet_hint = gettext_lazy("What people and programs do shows up here.")
    looked_at = LOOKED_AT
    edge: UUID | None = None
    is_walked_to_its_end = False

    @property
    def counted_up_to(self) -> int:
        return 1_000

    @property
    def edge_moment(self) -> Any:
        """How far back the present search looked; None where it saw everything."""
        return moment_of(self.edge) if self.edge else None

    def search(self, values: Mapping[str, Any]) -> Search:
        raise NotImplementedError

    def filters(self) -> forms.Form:
        return self.filter_class(self.request.GET)

    def narrow(self, rows: QuerySet[Any], values: Mapping[str, Any]) -> QuerySet[Any]:
        search = self.search(values)
        self.edge = None if self.is_walked_to_its_end else edge_of(rows, search)
        return within(find_all(rows, search), self.edge)

    def narrowed(self) -> QuerySet[Any]:
        """Whatever an export or a selection has is looked for to the end."""
        self.is_walked_to_its_end = True
        return super().narrowed()


def who_of(member: Any) -> SafeString:
    """Who did it, as lists show it: what nobody did, the system did."""
    return parts.who(member) if member else format_html('<span class="dimmer">{}</span>', _("the system"))


def name_of(member: Any) -> str:
    return str(member.name) if member else _("the system")


def veiled(shown: Shown) -> Any:
    """A value of the trail in a cell, or that it is hidden."""
    if shown.veil:
        return format_html('<span class="dimmer">{}</span>', shown.veil.label)
    return shown.value or format_html('<span class="dimmer">{}</span>', _("none"))


def plain(shown: Shown) -> str:
    """The same for an export."""
    return str(shown.veil.label if shown.veil else shown.value or "")


def title_of(label: str) -> Text:
    """A kind of record in words where a manifest has them, else as the trail names it."""
    return registry().kinds.get(label, label)


def record_title(label: str, key: UUID, people: People | None = None) -> str:
    """A record by its kind and the end of its key; one of some people by name."""
    who = people.get(key) if people and label in PEOPLE else None
    return who.name if who else f"{title_of(label)} …{str(key)[-6:]}"


def people_in(events: Iterable[Event], changes: Iterable[Change] = ()) -> People:
    """Whoever did something and whoever it was done to, by the key by which the trail knows them; one statement."""
    events = list(events)
    doers = [row.member_id for row in events] + [row.member_id for row in changes]
    return list_people_meant(
        {key for key in doers if key} | {row.subject_id for row in events if row.subject_type in PEOPLE}
    )


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """An event as the list shows it to its reader."""

    event: Event
    member: Member | None
    address: Shown
    reason: Shown
    record: str

    @property
    def pk(self) -> UUID:
        return self.event.pk

    @property
    def sentence(self) -> str:
        verb = registry().verbs.get(self.event.verb)
        return str(verb.title) if verb else self.event.verb

    @property
    def credential(self) -> str:
        known = self.event.credential in Credential.values
        return str(Credential(self.event.credential).label) if known else self.event.credential


def listed_event(actor: Actor, event: Event, people: People) -> ListedEvent:
    """An event with whoever did it and what it was about by name, among some people."""
    record = record_title(event.subject_type, event.subject_id, people)
    return ListedEvent(
        event, people.get(event.member_id), show_address(actor, event), show_reason(actor, event), record
    )


def history_of(label: str, key: UUID) -> str:
    return reverse("audit:history", args=[label, key])


def _keys(text: str) -> set[UUID]:
    try:
        return {UUID(text)}
    except ValueError:
        return set()
