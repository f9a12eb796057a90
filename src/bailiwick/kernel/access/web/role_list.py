"""The list of an organisation's roles."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bailiwick.kernel.access.models import Role
from bailiwick.kernel.access.queries import contents
from bailiwick.kernel.access.queries.contents import Content
from bailiwick.kernel.web.tables import Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

MANAGE = "access.manage"
EDITED, OWN, ENDED = "edited", "own", "ended"
STATES = [
    ("", gettext_lazy("any")),
    (EDITED, gettext_lazy("edited here")),
    (OWN, gettext_lazy("your own")),
    (ENDED, gettext_lazy("ended")),
]


class RoleFilters(forms.Form):
    """What the list is narrowed by."""

    q = forms.CharField(label=gettext_lazy("Title or code"), max_length=100, required=False)
    state = forms.ChoiceField(label=gettext_lazy("State is"), choices=STATES, required=False)


class RoleList(ListPage):
    """Every role, the highest of the product first."""

    right = MANAGE
    template_name = "access/roles.html"
    title = gettext_lazy("Roles")
    lead = gettext_lazy("A role is a set of rights under a name. People get rights by roles, never one by one.")
    nothing_yet = gettext_lazy("No roles yet")
    nothing_yet_hint = gettext_lazy("The roles of the product come with every start of the installation.")
    caption = gettext_lazy("Roles, as they came")
    newer_title = gettext_lazy("Before")
    older_title = gettext_lazy("After")
    order = "id"
    filter_class = RoleFilters
    search_name = "q"
    columns = (
        Column(
            gettext_lazy("Role"),
            lambda row: row.role.title,
            sub=lambda row: row.role.code,
            link=lambda row: reverse("access:role", args=[row.role.id]),
            classes="w",
            code="title",
            sub_title=gettext_lazy("Code"),
        ),
        Column(
            gettext_lazy("Rights"),
            lambda row: parts.figure(len(row.rights)),
            classes="num c-hide",
            code="rights",
            value=lambda row: len(row.rights),
        ),
        Column(
            pgettext_lazy("role", "Held by"),
            lambda row: parts.figure(row.holders),
            classes="num c-3",
            code="holders",
            value=lambda row: row.holders,
        ),
        Column(
            gettext_lazy("Given by"),
            lambda row: _("two people") if row.role.needs_two else _("one person"),
            code="needs_two",
        ),
        Column(gettext_lazy("State"), lambda row: state_of(row), classes="c-2 nowrap", code="state"),
        Column(
            gettext_lazy("As it is since"),
            lambda row: parts.ago(row.version.valid_from),
            classes="c-hide nowrap dim",
            code="since",
            value=lambda row: row.version.valid_from,
        ),
    )

    def rows(self) -> QuerySet[Role]:
        return contents.list_roles(self.actor)

    def narrow(self, rows: QuerySet[Role], values: Mapping[str, Any]) -> QuerySet[Role]:
        rows = contents.called(rows, values["q"]) if values["q"] else rows
        match values["state"]:
            case "edited":
                return contents.edited(rows)
            case "own":
                return rows.filter(is_declared=False, ended_at=None)
            case "ended":
                return rows.exclude(ended_at=None)
        return rows

    def present(self, rows: list[Role]) -> Iterable[Content]:
        return contents.contents_of(rows)

    def views(self) -> list[NamedView]:
        named = [(_("Edited here"), EDITED), (_("Your own"), OWN), (_("Ended"), ENDED)]
        return [NamedView(_("All"), {}), *(NamedView(title, {"state": state}) for title, state in named)]


def state_of(content: Content) -> SafeString:
    """Where a role comes from, and whether it still gives anything."""
    if content.role.ended_at:
        return parts.state("end", _("Ended"))
    if content.is_followed:
        return parts.state("good", _("As the product has it"))
    return parts.state("differ", _("Edited here")) if content.role.is_declared else parts.state("open", _("Your own"))
