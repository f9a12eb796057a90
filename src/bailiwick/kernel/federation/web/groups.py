"""Which group means which role: the list, and the pages on which that is said and ended."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.models import Role
from bailiwick.kernel.access.queries import rights_of, titles_of
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.federation.actions.groups import map_group, unmap_group
from bailiwick.kernel.federation.errors import GroupMapped
from bailiwick.kernel.federation.manifest import MANAGE
from bailiwick.kernel.federation.models import GroupRole, Provider
from bailiwick.kernel.federation.queries import groups
from bailiwick.kernel.federation.web.forms import GroupForm
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.tables import BulkAction, Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts


def unmap(*, actor: Actor, key: UUID, reason: str) -> None:
    unmap_group(actor=actor, group_role_id=key)


class GroupFilters(forms.Form):
    """What the list is narrowed by."""

    q = forms.CharField(label=gettext_lazy("Group"), required=False, max_length=500)


class GroupList(ListPage):
    """What each group means."""

    right = MANAGE
    template_name = "federation/groups.html"
    title = gettext_lazy("Groups")
    lead = gettext_lazy("Whoever is in a group of your directory has its role here, for as long as they are in it.")
    nothing_yet = gettext_lazy("No group means a role yet")
    nothing_yet_hint = gettext_lazy("Name a group of your directory and the role that it stands for.")
    caption = gettext_lazy("Groups and their roles, newest first")
    filter_class = GroupFilters
    search_name = "q"
    columns = (
        Column(
            gettext_lazy("Group"),
            lambda row: row.group,
            sub=lambda row: source_of(row),
            link=lambda row: reverse("federation:group", args=[row.id]),
            classes="w",
            code="group",
            sub_title=gettext_lazy("Told by"),
        ),
        Column(gettext_lazy("Role"), lambda row: row.role_title, code="role"),
        Column(
            gettext_lazy("People with it"),
            lambda row: parts.figure(row.holders),
            classes="num",
            code="holders",
            value=lambda row: row.holders,
        ),
        Column(
            gettext_lazy("Since"),
            lambda row: parts.ago(row.created_at),
            classes="c-3 nowrap dim",
            code="since",
            value=lambda row: row.created_at,
        ),
    )
    bulk = (BulkAction("unmap", gettext_lazy("End"), "x", MANAGE, unmap, is_danger=True),)

    def rows(self) -> QuerySet[GroupRole]:
        return groups.list_group_roles(self.actor)

    def narrow(self, rows: QuerySet[GroupRole], values: Mapping[str, Any]) -> QuerySet[GroupRole]:
        return groups.named(rows, values["q"]) if values["q"] else rows

    def present(self, rows: list[GroupRole]) -> Iterable[GroupRole]:
        counted = groups.count_holders(self.actor)
        titles = titles_of(row.role for row in rows)
        for row in rows:
            row.role_title = titles[row.role]  # type: ignore[attr-defined]
            row.holders = counted.get(row.id, 0)  # type: ignore[attr-defined]
        return rows


def source_of(row: GroupRole) -> str:
    return row.provider.name if row.provider else _("a directory by SCIM")


class GroupPage(Page):
    right = MANAGE
    navigation_name = "federation:groups"

    def form(self, data: Any = None) -> GroupForm:
        """Only the roles that this person might give to anybody."""
        return GroupForm(
            data,
            sources=[("", _("A directory by SCIM")), *((str(each.id), each.name) for each in self.sources())],
            roles=[("", _("Choose one")), *((each.code, str(each.title)) for each in self.roles())],
        )

    def sources(self) -> list[Provider]:
        return list(groups.list_sources(self.actor))

    def roles(self) -> list[Role]:
        return groups.list_roles_to_give(self.actor)


class NewGroup(GroupPage):
    """Says what a group means."""

    template_name = "federation/group_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            provider = UUID(given["provider"]) if given["provider"] else None
            try:
                with transaction.atomic():
                    map_group(actor=self.actor, provider_id=provider, group=given["group"], role=given["role"])
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            except GroupMapped as refusal:
                form.add_error("group", str(refusal))
            else:
                self.tell(_("Whoever is in the group has the role within a moment."))
                return redirect("federation:groups")
        return self.show(status=422, form=form)


class OneGroup(GroupPage):
    """What a group means, and for whom."""

    template_name = "federation/group.html"

    def get(self, request: HttpRequest, group_role_id: UUID) -> HttpResponse:
        row = groups.get_group_role(self.actor, group_role_id)
        rights = [registry().rights[code] for code in sorted(rights_of([row.role]))]
        holders = groups.list_holders(self.actor, group_role_id)
        return self.show(
            row=row, source=source_of(row), role=titles_of([row.role])[row.role], rights=rights, holders=holders
        )


class EndGroup(GroupPage):
    """The group means the role no longer."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, group_role_id: UUID) -> HttpResponse:
        unmap_group(actor=self.actor, group_role_id=group_role_id)
        self.tell(_("The group means nothing here any more."))
        return redirect("federation:groups")
