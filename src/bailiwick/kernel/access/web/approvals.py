"""Grants that wait for a second person."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bailiwick.kernel.access.actions import approve_grant, end_grant
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries import list_waiting_grants
from bailiwick.kernel.access.queries.grants import as_held
from bailiwick.kernel.access.web.grants import Shown, shown
from bailiwick.kernel.web.tables import BulkAction, Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts


def approve(*, actor: Actor, key: UUID, reason: str) -> None:
    approve_grant(actor=actor, grant_id=key)


def refuse(*, actor: Actor, key: UUID, reason: str) -> None:
    end_grant(actor=actor, grant_id=key)


class ApprovalList(ListPage):
    """What waits for the actor to approve, newest first."""

    right = "access.manage"
    title = gettext_lazy("Approvals")
    lead = gettext_lazy("Grants of roles that take two people. Those that you gave, or would get, wait for others.")
    nothing_yet = gettext_lazy("Nothing waits for you")
    nothing_yet_hint = gettext_lazy("A grant of a role that takes two people stands here until one of you approves it.")
    caption = gettext_lazy("Grants that wait, newest first")
    columns = (
        Column(
            gettext_lazy("For"),
            lambda row: row.grant.member.name,
            sub=lambda row: row.grant.member.department,
            link=lambda row: person_page(row.grant),
            classes="w",
            code="member",
            sub_title=gettext_lazy("Department"),
        ),
        Column(gettext_lazy("Role"), lambda row: row.held.title, classes="c-2", code="role"),
        Column(gettext_lazy("Over"), lambda row: over_what(row), code="over"),
        Column(
            gettext_lazy("Until"),
            lambda row: day_of(row.last_day),
            classes="nowrap c-hide",
            code="until",
            value=lambda row: row.grant.valid_until,
        ),
        Column(gettext_lazy("Given by"), lambda row: parts.who(row.grant.granted_by), code="given_by"),
        Column(
            gettext_lazy("Given"),
            lambda row: parts.ago(row.grant.created_at),
            classes="num c-3 nowrap dim",
            sort="id",
            code="given",
            value=lambda row: row.grant.created_at,
        ),
    )
    bulk = (
        BulkAction("approve", gettext_lazy("Approve"), "check", "access.manage", approve),
        BulkAction("refuse", gettext_lazy("Refuse"), "x", "access.manage", refuse, is_danger=True),
    )

    def rows(self) -> QuerySet[Grant]:
        return list_waiting_grants(self.actor)

    def present(self, rows: list[Grant]) -> Iterable[Shown]:
        return shown(as_held(self.actor, rows))


def day_of(day: date | None) -> str:
    """A last day in words."""
    return formats.date_format(day, pgettext("date", "j M Y")) if day else _("it is ended")


def person_page(grant: Grant) -> str:
    """The page of whoever is to have it; programs have none."""
    return reverse("identity:person", args=[grant.member_id]) if grant.member.kind == "person" else ""


def over_what(row: Shown) -> str:
    """The object in words, or the organisation."""
    return f"{row.place.title} …{row.place.mark}" if row.place.title else _("the organisation")
