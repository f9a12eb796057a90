"""One's own notices: the bell, their list, and the page of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bailiwick.kernel.audit.manifest import READ
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.notices.actions.notices import mark_all_read, mark_read
from bailiwick.kernel.notices.manifest import ALERTS
from bailiwick.kernel.notices.models import Notice
from bailiwick.kernel.notices.queries.notices import (
    MOST_COUNTED,
    Told,
    count_unread,
    get_notice,
    list_notices,
    tell,
)
from bailiwick.kernel.web.bulk import BulkAction
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.web.tables import Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

NEW, READ_ALREADY = "new", "read"
CHANGED = "bw:notices"
"""The event by which a page says that the bell has to look again."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice and what it says."""

    notice: Notice
    told: Told


class NoticeFilters(forms.Form):
    """What the list is narrowed by."""

    state = forms.ChoiceField(
        label=gettext_lazy("State is"),
        choices=[("", gettext_lazy("any")), (NEW, gettext_lazy("new")), (READ_ALREADY, gettext_lazy("read"))],
        required=False,
    )


class NoticeList(ListPage):
    """One's own notices, newest first."""

    right = MEMBER
    template_name = "notices/notices.html"
    title = gettext_lazy("Notices")
    lead = gettext_lazy("What alerts told you. Read ones go after 90 days.")
    nothing_yet = gettext_lazy("No notices")
    nothing_yet_hint = gettext_lazy("When an alert that tells you is raised, it stands here and the bell counts it.")
    caption = gettext_lazy("Notices, newest first")
    filter_class = NoticeFilters
    columns = (
        Column(
            gettext_lazy("Notice"),
            lambda row: str(row.told.incident.alert),
            sub=lambda row: row.told.sentence,
            link=lambda row: reverse("notices:notice", args=[row.notice.id]),
            classes="w",
            code="title",
            sub_title=gettext_lazy("What happened"),
        ),
        Column(gettext_lazy("State"), lambda row: state_of(row.notice), classes="c-2 nowrap", code="state"),
        Column(
            gettext_lazy("Told"),
            lambda row: parts.ago(row.notice.at),
            sort="id",
            classes="num c-3 nowrap dim",
            code="told",
            value=lambda row: row.notice.at,
        ),
    )
    bulk = (BulkAction("read", gettext_lazy("Mark as read"), "checks", MEMBER, mark_read),)

    def rows(self) -> QuerySet[Notice]:
        return list_notices(self.actor)

    def narrow(self, rows: QuerySet[Notice], values: Mapping[str, Any]) -> QuerySet[Notice]:
        match values["state"]:
            case "new":
                return rows.filter(read_at=None)
            case "read":
                return rows.exclude(read_at=None)
        return rows

    def present(self, rows: list[Notice]) -> Iterable[Shown]:
        return [Shown(notice, told) for notice, told in zip(rows, tell(rows), strict=True)]

    def views(self) -> list[NamedView]:
        return [NamedView(_("All"), {}), NamedView(_("New"), {"state": NEW})]


def state_of(notice: Notice) -> SafeString:
    return parts.state("end", _("Read")) if notice.read_at else parts.state("wait", _("New"))


class OneNotice(Page):
    """What happened, with the way to its event; a script marks it as read once it is shown."""

    right = MEMBER
    template_name = "notices/notice.html"

    def get(self, request: HttpRequest, notice_id: UUID) -> HttpResponse:
        notice = get_notice(self.actor, notice_id)
        [told] = tell([notice])
        return self.show(
            notice=notice,
            told=told,
            state=state_of(notice),
            may_read_trail=self.actor.may(READ),
            may_change=self.actor.may(ALERTS) and notice.incident.alert.removed_at is None,
        )


class ReadNotice(Page):
    """Notes that a notice was read."""

    right = MEMBER
    template_name = partial_name = "notices/_read.html"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, notice_id: UUID) -> HttpResponse:
        notice = mark_read(actor=self.actor, key=notice_id)
        if not self.is_partial:
            return redirect("notices:notice", notice_id)
        answer = self.show(notice=notice)
        answer["HX-Trigger"] = CHANGED
        return answer


class ReadAll(Page):
    """Notes that every notice of one's own was read."""

    right = MEMBER
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        count = mark_all_read(actor=self.actor)
        self.tell(ngettext("%(n)s notice marked as read.", "%(n)s notices marked as read.", count) % {"n": count})
        return redirect("notices:notices")


class Bell(Page):
    """The bell of the shell, with the number of one's unread notices."""

    right = MEMBER
    template_name = partial_name = "notices/_bell.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(unread=count_unread(self.actor), most=MOST_COUNTED)
