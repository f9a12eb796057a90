"""The people of an organisation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.queries import list_roles_of
from bailiwick.kernel.identity.choices import PERSON_LOOKS, Method, PersonState
from bailiwick.kernel.identity.manifest import SEE_PEOPLE
from bailiwick.kernel.identity.models import Member, Session
from bailiwick.kernel.identity.queries.enrolment import Standing, list_people, narrow_people, standings_of
from bailiwick.kernel.identity.rules.codes import write_code
from bailiwick.kernel.web.tables import Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

ANY = ("", gettext_lazy("any"))


class PeopleFilters(forms.Form):
    """What the list is narrowed by."""

    q = forms.CharField(label=gettext_lazy("Name, department or user code"), max_length=100, required=False)
    state = forms.ChoiceField(label=gettext_lazy("State is"), choices=[ANY, *PersonState.choices], required=False)


class PeopleList(ListPage):
    """Everybody who works for the organisation, newest first."""

    right = SEE_PEOPLE
    template_name = "identity/people.html"
    title = gettext_lazy("People")
    lead = gettext_lazy("Who works here, and who still waits for a key. Programs and models have no key of this kind.")
    nothing_yet = gettext_lazy("Nobody yet")
    nothing_yet_hint = gettext_lazy("Choose “Register a person” and hand over the ticket that it makes.")
    caption = gettext_lazy("People, newest first")
    filter_class = PeopleFilters
    search_name = "q"
    columns = (
        Column(
            gettext_lazy("Name"),
            lambda row: row.member.name,
            sub=lambda row: row.member.department,
            link=lambda row: reverse("identity:person", args=[row.member.id]),
            classes="w",
            code="name",
            sub_title=gettext_lazy("Department"),
        ),
        Column(
            gettext_lazy("User code"),
            lambda row: format_html("<code>{}</code>", code_of(row.member)),
            classes="c-hide nowrap",
            code="code",
        ),
        Column(gettext_lazy("Roles"), lambda row: ", ".join(row.roles) or _("none"), classes="c-hide", code="roles"),
        Column(gettext_lazy("Last came in by"), lambda row: method_of(row.standing.session), code="method"),
        Column(
            gettext_lazy("Last came in"),
            lambda row: parts.ago(row.standing.session.started_at) if row.standing.session else _("never"),
            classes="c-hide nowrap dim",
            code="last",
            value=lambda row: row.standing.session.started_at if row.standing.session else None,
        ),
        Column(
            gettext_lazy("State"),
            lambda row: parts.state(PERSON_LOOKS[row.standing.state], row.standing.state.label),
            classes="c-2 nowrap",
            code="state",
        ),
        Column(
            gettext_lazy("Member since"),
            lambda row: parts.ago(row.member.joined_at),
            sort="id",
            classes="num c-3 nowrap dim",
            code="joined",
            value=lambda row: row.member.joined_at,
        ),
    )

    def rows(self) -> QuerySet[Member]:
        return list_people(self.actor)

    def narrow(self, rows: QuerySet[Member], values: Mapping[str, Any]) -> QuerySet[Member]:
        return narrow_people(rows, text=values["q"], state=values["state"])

    def present(self, rows: list[Member]) -> Iterable[Any]:
        roles = list_roles_of([member.id for member in rows])
        return [Shown(standing, roles.get(standing.pk, [])) for standing in standings_of(rows)]

    def views(self) -> list[NamedView]:
        states = (PersonState.TICKET, PersonState.NEW, PersonState.LOST, PersonState.INACTIVE)
        return [NamedView(_("All"), {}), *(NamedView(state.label, {"state": state}) for state in states)]


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the list: where a person stands, and their roles."""

    standing: Standing
    roles: list[str]

    @property
    def pk(self) -> UUID:
        return self.standing.pk

    @property
    def member(self) -> Member:
        return self.standing.member


def code_of(member: Member) -> str:
    """The user code as people read it; whoever was not registered here has a login instead."""
    return write_code(member.user.user_code) if member.user and member.user.user_code else _("none")


def method_of(session: Session | None) -> str:
    """By what a person came in last."""
    return str(Method(session.method).label) if session else _("nothing yet")
