"""A list for tests: the members of the organisation, with an action that refuses some of them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.urls import include, path

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.web.tables import BulkAction, Column, ListPage, NamedView

URLCONF = "bailiwick.kernel.web.tests.members"
ADDRESS = "/test/members/"


class SitsNowhere(DomainError):
    message = "Robots sit nowhere."


def move(*, actor: Actor, key: UUID, reason: str) -> None:
    """Puts a member into another department; a robot is refused after it was changed, so that nothing may stay."""
    member = Member.objects.get(id=key)
    member.department = reason or "moved"
    member.save(update_fields=["department"])
    if "obot" in member.name:
        raise SitsNowhere


class MemberFilters(forms.Form):
    q = forms.CharField(label="Name", required=False)
    kind = forms.MultipleChoiceField(
        label="Kind is", choices=[("person", "Person"), ("program", "Program")], required=False
    )
    since = forms.DateField(label="Since", required=False)


class MemberList(ListPage):
    right = MEMBER
    title = "People & programs"
    caption = "Members"
    search_name = "q"
    page_size = 20
    filter_class = MemberFilters
    columns = (
        Column(
            "Name",
            lambda row: row.name,
            sub=lambda row: row.kind,
            sub_title="Sort",
            link=lambda row: "/",
            sort="id",
            code="name",
        ),
        Column("Department", lambda row: row.department, code="department"),
        Column("Length", lambda row: f"{len(row.name)} letters", value=lambda row: len(row.name), code="length"),
        Column("Number", lambda row: row.id, code="id", is_shown=False),
    )
    bulk = (
        BulkAction("move", "Move away", icon="arrow-up", right="", run=move),
        BulkAction("name", "Move to", icon="pencil", right="", run=f"{URLCONF}.move", asks_reason=True, is_danger=True),
        BulkAction("secret", "Do what few may", icon="x", right="access.manage", run=move),
    )

    def rows(self) -> QuerySet[Member]:
        return Member.objects.all()

    def narrow(self, rows: QuerySet[Member], values: Mapping[str, Any]) -> QuerySet[Member]:
        rows = rows.filter(name__contains=values["q"]) if values["q"] else rows
        return rows.filter(kind__in=values["kind"]) if values["kind"] else rows

    def views(self) -> list[NamedView]:
        return [NamedView("All", {}), NamedView("Programs", {"kind": "program"})]


urlpatterns = [
    path("test/members/", MemberList.as_view(), name="test-members"),
    path("", include("bailiwick.config.urls")),
]
