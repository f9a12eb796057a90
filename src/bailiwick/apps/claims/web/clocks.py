"""The board of deadlines: what is due, what passed, what stands still."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.disclosing import show_claims
from bailiwick.apps.claims.choices import ClockKind
from bailiwick.apps.claims.manifest import MANAGE, PROCESS, SEE_ALL, SEE_MONEY, TO_EXPORT
from bailiwick.apps.claims.models import Clock
from bailiwick.apps.claims.queries.clocks import list_clocks
from bailiwick.apps.claims.web.lists import day_of
from bailiwick.kernel.web.tables import Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

SOON, BREACHED, PAUSED, RUNNING, MET, OPEN = "soon", "breached", "paused", "running", "met", "open"
ANY = ("", gettext_lazy("any"))


class ClockFilters(forms.Form):
    """Each value in the address is a chip."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[
            ("", gettext_lazy("not done yet")),
            (SOON, gettext_lazy("due within 7 days")),
            (BREACHED, gettext_lazy("passed and not done")),
            (PAUSED, gettext_lazy("stands still")),
            (RUNNING, gettext_lazy("running")),
            (MET, gettext_lazy("done")),
        ],
        required=False,
    )
    kind = forms.ChoiceField(label=gettext_lazy("Deadline is"), choices=[ANY, *ClockKind.choices], required=False)


class ClockBoard(ListPage):
    """The deadlines of the claims that one may see: what passed first, then what is due next; what is done apart."""

    right = (SEE_ALL, SEE_MONEY, MANAGE, PROCESS)
    navigation_name = "claims:clocks"
    title = gettext_lazy("Deadlines")
    lead = gettext_lazy("By when claims have to be paid and appeals decided, and what passed.")
    nothing_yet = gettext_lazy("No deadlines yet")
    nothing_yet_hint = gettext_lazy("They start when a claim is accepted, by the rules of the settings.")
    caption = gettext_lazy("Deadlines, what is due first on top")
    filter_class = ClockFilters
    order = "due_at,id"
    columns = (
        Column(
            gettext_lazy("Claim"),
            lambda clock: clock.claim.label,
            sub=lambda clock: clock.basis,
            sub_title=gettext_lazy("Source"),
            link=lambda clock: reverse("claims:record", args=[clock.claim_id]),
            value=lambda clock: clock.claim.number,
            classes="w",
            code="claim",
        ),
        Column(gettext_lazy("Deadline"), lambda clock: clock.get_kind_display(), classes="c-2", code="kind"),
        Column(
            gettext_lazy("State"),
            lambda clock: state_of(clock),
            value=lambda clock: standing_of(clock),
            code="state",
        ),
        Column(
            gettext_lazy("Due"),
            lambda clock: day_of(localtime(clock.due_at).date()) if clock.met_at else parts.due(clock.due_at),
            value=lambda clock: clock.due_at,
            sort="due_at,id",
            classes="num nowrap",
            code="due",
        ),
        Column(
            gettext_lazy("Started"),
            lambda clock: parts.ago(clock.started_at),
            value=lambda clock: clock.started_at,
            sort="id",
            classes="num nowrap dim c-hide",
            code="started",
        ),
        Column(
            gettext_lazy("Stood still, days"),
            lambda clock: parts.figure(clock.paused_seconds // 86_400),
            value=lambda clock: clock.paused_seconds // 86_400,
            classes="num c-hide",
            code="paused",
        ),
        Column(
            gettext_lazy("Processor"),
            lambda clock: parts.who(clock.claim.assigned_processor),
            value=lambda clock: clock.claim.assigned_processor and clock.claim.assigned_processor.name,
            code="processor",
            classes="c-hide",
        ),
    )

    def rows(self) -> QuerySet[Clock]:
        return list_clocks(self.actor)

    def narrow(self, rows: QuerySet[Clock], values: Mapping[str, Any]) -> QuerySet[Clock]:
        if values["kind"]:
            rows = rows.filter(kind=values["kind"])
        return rows.filter(**NARROWED[values["state"] or OPEN]())

    def sorting(self) -> str:
        """What is done lies in no order of days: the newest first, unless asked otherwise."""
        is_done = self.request.GET.get("state") == MET and not self.request.GET.get("sort")
        return "-id" if is_done else super().sorting()

    def views(self) -> Sequence[NamedView]:
        return [
            NamedView(_("Not done"), {}),
            NamedView(_("Passed"), {"state": BREACHED}),
            NamedView(_("Due in 7 days"), {"state": SOON}),
            NamedView(_("Standing still"), {"state": PAUSED}),
            NamedView(_("Done"), {"state": MET}),
        ]

    def disclose(self, rows: list[Clock], *, is_export: bool = False) -> None:
        keys = list(dict.fromkeys(clock.claim_id for clock in rows))
        show_claims(actor=self.actor, claim_ids=keys, purpose=TO_EXPORT if is_export else "")


NARROWED: dict[str, Callable[[], dict[str, Any]]] = {
    OPEN: lambda: {"met_at": None},
    SOON: lambda: {"met_at": None, "paused_at": None, "due_at__range": (now(), now() + timedelta(days=7))},
    BREACHED: lambda: {"met_at": None, "paused_at": None, "due_at__lt": now()},
    PAUSED: lambda: {"met_at": None, "paused_at__isnull": False},
    RUNNING: lambda: {"met_at": None, "paused_at": None, "due_at__gte": now()},
    MET: lambda: {"met_at__isnull": False},
}


def standing_of(clock: Clock) -> str:
    """What became of a deadline: done, done late, standing still, passed or running."""
    if clock.met_at:
        return "late" if clock.breached_at else MET
    if clock.paused_at:
        return PAUSED
    return BREACHED if clock.due_at < now() else RUNNING


def state_of(clock: Clock) -> SafeString:
    """The same with its look."""
    looks = {
        "late": ("late", _("done late")),
        MET: ("good", _("done")),
        PAUSED: ("end", _("stands still")),
        BREACHED: ("late", _("passed")),
        RUNNING: ("run", _("running")),
    }
    return parts.state(*looks[standing_of(clock)])
