"""Fee schedules and their prices."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.pricing import add_schedule, end_schedule, load_fees
from bailiwick.apps.claims.manifest import CONFIGURE
from bailiwick.apps.claims.models import Fee, FeeSchedule
from bailiwick.apps.claims.queries.parties import find_by_npi
from bailiwick.apps.claims.queries.plans import get_schedule, list_fees, list_plans, list_schedules
from bailiwick.apps.claims.web.forms.plans import EndForm, FeesForm, ScheduleForm
from bailiwick.apps.claims.web.plans import none
from bailiwick.apps.claims.web.setup import SetupPage
from bailiwick.kernel.web.tables import Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts

MOST_PLANS = 500


class ScheduleList(ListPage):
    """Every list of prices."""

    right = CONFIGURE
    template_name = "claims/schedules.html"
    title = gettext_lazy("Fee schedules")
    lead = gettext_lazy("What is allowed for a service: by contract with a provider, else by plan, else for all.")
    nothing_yet = gettext_lazy("No fee schedules yet")
    nothing_yet_hint = gettext_lazy("Without prices what is billed is allowed. Add one and load its prices.")
    caption = gettext_lazy("Fee schedules, newest first")
    columns = (
        Column(
            gettext_lazy("Name"),
            lambda row: row.name,
            sub=lambda row: str(row.provider or row.plan or _("for all")),
            sub_title=gettext_lazy("For"),
            link=lambda row: reverse("claims:fees", args=[row.id]),
            classes="w",
            code="name",
        ),
        Column(gettext_lazy("Currency"), lambda row: row.currency, code="currency"),
        Column(
            gettext_lazy("Valid from"),
            lambda row: row.valid_from.isoformat(),
            value=lambda row: row.valid_from,
            sort="id",
            classes="nowrap",
            code="from",
        ),
        Column(
            gettext_lazy("Valid until"),
            lambda row: row.valid_until.isoformat() if row.valid_until else none(),
            value=lambda row: row.valid_until,
            classes="nowrap",
            code="until",
        ),
    )

    def rows(self) -> QuerySet[FeeSchedule]:
        return list_schedules(self.actor)


class FeeList(ListPage):
    """The prices of one schedule."""

    right = CONFIGURE
    template_name = "claims/fees.html"
    navigation_name = "claims:schedules"
    title = gettext_lazy("Prices")
    nothing_yet = gettext_lazy("No prices yet")
    nothing_yet_hint = gettext_lazy("Load them from a file with the columns code and amount.")
    caption = gettext_lazy("Prices, in the order in which they were loaded")
    order = "id"
    columns = (
        Column(
            gettext_lazy("Service"),
            lambda row: row.procedure_code,
            link=lambda row: reverse("claims:schedule", args=[row.schedule_id]),
            classes="w",
            code="code",
        ),
        Column(
            gettext_lazy("Modifier"), lambda row: row.modifier or none(), value=lambda row: row.modifier, code="mod"
        ),
        Column(
            gettext_lazy("Price of a unit"),
            lambda row: parts.money(row.amount, row.schedule.currency),
            value=lambda row: row.amount,
            classes="num",
            code="amount",
        ),
    )

    @property
    def schedule(self) -> FeeSchedule:
        return get_schedule(self.actor, self.kwargs["schedule_id"])

    def rows(self) -> QuerySet[Fee]:
        return list_fees(self.schedule).select_related("schedule")


class ScheduleSetup(SetupPage):
    """What the pages of fee schedules share."""

    navigation_name = "claims:schedules"

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        return [(reverse("claims:schedules"), _("Fee schedules"))]


class NewSchedule(ScheduleSetup):
    """Adds a list of prices."""

    title = gettext_lazy("Add a fee schedule")
    button = gettext_lazy("Add the fee schedule")

    def form(self, data: Any = None, files: Any = None) -> Form:
        plans = list(list_plans(self.actor)[:MOST_PLANS])
        return ScheduleForm(plans, data, files, initial={"valid_from": localdate(), "currency": "USD"})

    def store(self, values: dict[str, Any]) -> HttpResponse:
        plan = values.pop("plan")
        provider = find_by_npi(self.actor, values.pop("npi"))
        schedule = add_schedule(
            actor=self.actor,
            plan_id=UUID(plan) if plan else None,
            provider_id=provider.id if provider else None,
            **values,
        )
        self.tell(_("Fee schedule added. Load its prices now."))
        return redirect("claims:fees-load", schedule.id)


class SchedulePage(ScheduleSetup):
    """One list of prices: until when it holds."""

    button = gettext_lazy("Store the day")

    @property
    def title(self) -> str:  # type: ignore[override]
        return str(get_schedule(self.actor, self.kwargs["schedule_id"]))

    def form(self, data: Any = None, files: Any = None) -> Form:
        schedule = get_schedule(self.actor, self.kwargs["schedule_id"])
        return EndForm(data, files, initial={"valid_until": schedule.valid_until})

    def store(self, values: dict[str, Any]) -> HttpResponse:
        schedule = end_schedule(actor=self.actor, schedule_id=self.kwargs["schedule_id"], **values)
        self.tell(_("Stored until when the prices hold."))
        return redirect("claims:fees", schedule.id)


class LoadFees(ScheduleSetup):
    """Loads prices from a file: all of it, or nothing."""

    title = gettext_lazy("Load prices")
    lead = gettext_lazy("A code that has a price gets the new one; prices that the file does not name stay.")
    button = gettext_lazy("Load the prices")

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        schedule = get_schedule(self.actor, self.kwargs["schedule_id"])
        return [(reverse("claims:fees", args=[schedule.id]), schedule.name)]

    def form(self, data: Any = None, files: Any = None) -> Form:
        return FeesForm(data, files)

    def store(self, values: dict[str, Any]) -> HttpResponse:
        changed = load_fees(actor=self.actor, schedule_id=self.kwargs["schedule_id"], upload=values["file"])
        self.tell(_("%(count)s prices are new or changed.") % {"count": changed})
        return redirect("claims:fees", self.kwargs["schedule_id"])
