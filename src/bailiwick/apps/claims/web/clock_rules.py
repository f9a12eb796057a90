"""The rules of deadlines: by when something has to have happened, from when to when, and who says so."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.clock_rules import add_clock_rule, end_clock_rule
from bailiwick.apps.claims.choices import ClockKind, LineOfBusiness
from bailiwick.apps.claims.manifest import CONFIGURE
from bailiwick.apps.claims.models import ClockRule
from bailiwick.apps.claims.queries.clocks import get_clock_rule, list_clock_rules
from bailiwick.apps.claims.web.narrowing import DayField
from bailiwick.apps.claims.web.setup import SetupPage
from bailiwick.kernel.web.tables import Column, ListPage

PAPER = {"": None, "paper": True, "electronic": False}


class ClockRuleForm(forms.Form):
    """A deadline, for which claims, and the law or contract that says so."""

    kind = forms.ChoiceField(label=gettext_lazy("Deadline"), choices=ClockKind.choices)
    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=1, max_value=3660)
    line_of_business = forms.ChoiceField(
        label=gettext_lazy("Line of business"),
        choices=[("", gettext_lazy("every")), *LineOfBusiness.choices],
        required=False,
    )
    is_paper = forms.ChoiceField(
        label=gettext_lazy("Came in"),
        choices=[
            ("", gettext_lazy("either way")),
            ("electronic", gettext_lazy("electronically")),
            ("paper", gettext_lazy("on paper")),
        ],
        required=False,
    )
    interest = forms.DecimalField(
        label=gettext_lazy("Interest a year on what is paid later"),
        help_text=gettext_lazy("As a part of one: 0.05 is five per cent."),
        min_value=0,
        max_value=1,
        decimal_places=4,
        initial=Decimal(0),
    )
    basis = forms.CharField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("The law or contract that says so, such as 42 CFR 422.520(a)."),
        max_length=300,
    )
    valid_from = DayField(label=gettext_lazy("Holds from"), help_text=gettext_lazy("For what comes in from then on."))


class EndForm(forms.Form):
    valid_until = DayField(label=gettext_lazy("Holds up to"))


class ClockRuleList(ListPage):
    """Every deadline that held, holds or will hold."""

    right = CONFIGURE
    template_name = "claims/clock_rules.html"
    title = gettext_lazy("Rules of deadlines")
    lead = gettext_lazy("By when claims are paid, and appeals filed and decided. A change is a new rule from a day on.")
    nothing_yet = gettext_lazy("No deadlines yet")
    nothing_yet_hint = gettext_lazy("Add the first one: claims that come in from then on get a clock by it.")
    caption = gettext_lazy("Rules of deadlines, newest first")
    columns = (
        Column(
            gettext_lazy("Deadline"),
            lambda rule: rule.get_kind_display(),
            sub=lambda rule: rule.basis,
            sub_title=gettext_lazy("Source"),
            link=lambda rule: reverse("claims:clock-rule-end", args=[rule.id]),
            classes="w",
            code="kind",
        ),
        Column(
            gettext_lazy("Days"), lambda rule: str(rule.days), value=lambda rule: rule.days, classes="num", code="days"
        ),
        Column(
            gettext_lazy("Line of business"),
            lambda rule: rule.get_line_of_business_display() or _("every"),
            code="line_of_business",
        ),
        Column(gettext_lazy("Came in"), lambda rule: way_of(rule), classes="c-hide", code="paper"),
        Column(
            gettext_lazy("Interest"),
            lambda rule: f"{rule.interest:.2%}",
            value=lambda rule: rule.interest,
            classes="num c-hide",
            code="interest",
        ),
        Column(
            gettext_lazy("Holds from"),
            lambda rule: day_of(rule.valid_from),
            value=lambda rule: rule.valid_from.isoformat(),
            sort="id",
            classes="num nowrap",
            code="valid_from",
        ),
        Column(
            gettext_lazy("Holds up to"),
            lambda rule: day_of(rule.valid_until),
            value=lambda rule: rule.valid_until and rule.valid_until.isoformat(),
            classes="num nowrap",
            code="valid_until",
        ),
    )

    def rows(self) -> QuerySet[ClockRule]:
        return list_clock_rules(self.actor)


class ClockRuleSetup(SetupPage):
    """What the pages of deadlines share."""

    navigation_name = "claims:clock-rules"

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        return [(reverse("claims:clock-rules"), _("Rules of deadlines"))]


class NewClockRule(ClockRuleSetup):
    """Adds a deadline; the one for the same claims ends the day before."""

    title = gettext_lazy("Add a deadline")
    lead = gettext_lazy(
        "A rule for the same claims ends the day before. Clocks that run keep the rule they began with."
    )
    button = gettext_lazy("Add the deadline")

    def form(self, data: Any = None, files: Any = None) -> forms.Form:
        return ClockRuleForm(data, initial={"valid_from": localdate()})

    def store(self, values: dict[str, Any]) -> HttpResponse:
        add_clock_rule(actor=self.actor, **values | {"is_paper": PAPER[values["is_paper"]]})
        self.tell(_("Deadline added."))
        return redirect("claims:clock-rules")


class EndClockRule(ClockRuleSetup):
    """Lets a deadline hold no longer than to a day."""

    lead = gettext_lazy("Clocks that it started run on.")
    button = gettext_lazy("End the deadline")

    @property
    def title(self) -> str:  # type: ignore[override]
        rule = get_clock_rule(self.actor, self.kwargs["clock_rule_id"])
        return _("End: %(kind)s, %(days)d days") % {"kind": rule.get_kind_display(), "days": rule.days}

    def form(self, data: Any = None, files: Any = None) -> forms.Form:
        get_clock_rule(self.actor, self.kwargs["clock_rule_id"])
        return EndForm(data, initial={"valid_until": localdate()})

    def store(self, values: dict[str, Any]) -> HttpResponse:
        end_clock_rule(actor=self.actor, rule_id=self.kwargs["clock_rule_id"], **values)
        self.tell(_("The deadline ends."))
        return redirect("claims:clock-rules")


def way_of(rule: ClockRule) -> str:
    """On paper, electronically, or either way."""
    return _("either way") if rule.is_paper is None else _("on paper") if rule.is_paper else _("electronically")


def day_of(day: Any) -> str:
    return formats.date_format(day, "j M Y") if day else _("no end")
