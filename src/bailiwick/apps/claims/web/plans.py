"""Plans and what they promise."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.plans import add_benefit, add_plan, change_benefit, change_plan
from bailiwick.apps.claims.manifest import CONFIGURE
from bailiwick.apps.claims.models import Benefit, Plan
from bailiwick.apps.claims.queries.plans import get_benefit, get_plan, list_benefits, list_plans
from bailiwick.apps.claims.web.forms.plans import BenefitForm, PlanForm
from bailiwick.apps.claims.web.setup import SetupPage
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.web.tables import BulkAction, Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts


def none() -> Any:
    return format_html('<span class="dimmer">{}</span>', _("none"))


def amount_of(amount: Any, currency: str) -> Any:
    return none() if amount is None else parts.money(amount, currency)


class PlanList(ListPage):
    """Every plan by which claims are judged."""

    right = CONFIGURE
    template_name = "claims/plans.html"
    title = gettext_lazy("Plans")
    lead = gettext_lazy("What members are promised: deductible, shares, maximums, and benefits for single services.")
    nothing_yet = gettext_lazy("No plans yet")
    nothing_yet_hint = gettext_lazy("Add the first one; then patients can be covered by it.")
    caption = gettext_lazy("Plans by name")
    order = "name"
    columns = (
        Column(
            gettext_lazy("Name"),
            lambda row: row.name,
            sub=lambda row: row.get_line_of_business_display(),
            sub_title=gettext_lazy("Line of business"),
            link=lambda row: reverse("claims:plan", args=[row.id]),
            sort="name",
            classes="w",
            code="name",
        ),
        Column(
            gettext_lazy("Deductible"),
            lambda row: parts.money(row.deductible, row.currency),
            value=lambda row: row.deductible,
            classes="num",
            code="deductible",
        ),
        Column(
            gettext_lazy("Coinsurance"),
            lambda row: f"{row.coinsurance:.0%}",
            value=lambda row: row.coinsurance,
            classes="num",
            code="coinsurance",
        ),
        Column(
            gettext_lazy("Copay"),
            lambda row: parts.money(row.copay, row.currency),
            value=lambda row: row.copay,
            classes="num c-hide",
            code="copay",
        ),
        Column(
            gettext_lazy("Out-of-pocket maximum"),
            lambda row: amount_of(row.out_of_pocket, row.currency),
            value=lambda row: row.out_of_pocket,
            classes="num c-hide",
            code="out_of_pocket",
        ),
        Column(gettext_lazy("Days to file"), lambda row: str(row.filing_days), classes="num c-hide", code="filing"),
    )

    def rows(self) -> QuerySet[Plan]:
        return list_plans(self.actor)


class PlanSetup(SetupPage):
    """What the pages of plans share."""

    navigation_name = "claims:plans"

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        return [(reverse("claims:plans"), _("Plans"))]


class NewPlan(PlanSetup):
    """Adds a plan."""

    title = gettext_lazy("Add a plan")
    button = gettext_lazy("Add the plan")

    def form(self, data: Any = None, files: Any = None) -> Form:
        return PlanForm(data, files)

    def store(self, values: dict[str, Any]) -> HttpResponse:
        plan = add_plan(actor=self.actor, **values)
        self.tell(_("Plan added. Say now what it promises for single services."))
        return redirect("claims:benefits", plan.id)


class PlanPage(PlanSetup):
    """One plan: what it promises from now on."""

    template_name = "claims/plan.html"
    lead = gettext_lazy("A change holds for what is judged from now on; what was judged stays as it is.")
    button = gettext_lazy("Store the plan")

    @property
    def plan(self) -> Plan:
        return get_plan(self.actor, self.kwargs["plan_id"])

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.plan.name

    def form(self, data: Any = None, files: Any = None) -> Form:
        plan = self.plan
        return PlanForm(data, files, initial={name: getattr(plan, name) for name in PlanForm.base_fields})

    def store(self, values: dict[str, Any]) -> HttpResponse:
        plan = change_plan(actor=self.actor, plan_id=self.kwargs["plan_id"], **values)
        self.tell(_("Plan stored."))
        return redirect("claims:plan", plan.id)


def end(*, actor: Actor, key: UUID, reason: str) -> None:
    """Let a benefit hold until today."""
    benefit = get_benefit(actor, key)
    change_benefit(actor=actor, benefit_id=key, valid_until=max(localdate(), benefit.valid_from))


class BenefitList(ListPage):
    """What a plan promises for single services."""

    right = CONFIGURE
    template_name = "claims/benefits.html"
    navigation_name = "claims:plans"
    title = gettext_lazy("Benefits")
    nothing_yet = gettext_lazy("No benefits yet")
    nothing_yet_hint = gettext_lazy("Without any, every service is covered on the terms of the plan.")
    caption = gettext_lazy("Benefits, in the order in which they were added")
    order = "id"
    columns = (
        Column(
            gettext_lazy("Title"),
            lambda row: row.title,
            sub=lambda row: ", ".join(row.codes)[:120],
            sub_title=gettext_lazy("Codes"),
            link=lambda row: reverse("claims:benefit", args=[row.plan_id, row.id]),
            classes="w",
            code="title",
        ),
        Column(gettext_lazy("Covered"), lambda row: covered(row), code="covered"),
        Column(
            gettext_lazy("Coinsurance"),
            lambda row: none() if row.coinsurance is None else f"{row.coinsurance:.0%}",
            value=lambda row: row.coinsurance,
            classes="num",
            code="coinsurance",
        ),
        Column(
            gettext_lazy("Copay"),
            lambda row: amount_of(row.copay, row.plan.currency),
            value=lambda row: row.copay,
            classes="num c-hide",
            code="copay",
        ),
        Column(
            gettext_lazy("Most units a year"),
            lambda row: none() if row.most_units is None else str(row.most_units),
            value=lambda row: row.most_units,
            classes="num c-hide",
            code="units",
        ),
        Column(
            gettext_lazy("Valid from"),
            lambda row: row.valid_from.isoformat(),
            value=lambda row: row.valid_from,
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
    bulk = (BulkAction("end", gettext_lazy("End today"), "x", CONFIGURE, end, is_danger=True),)

    @property
    def plan(self) -> Plan:
        return get_plan(self.actor, self.kwargs["plan_id"])

    def rows(self) -> QuerySet[Benefit]:
        return list_benefits(self.plan).select_related("plan")


def covered(benefit: Benefit) -> Any:
    if not benefit.is_covered:
        return parts.state("bad", _("Not covered"))
    return (
        parts.state("wait", _("With authorisation"))
        if benefit.needs_authorization
        else parts.state("good", _("Covered"))
    )


class BenefitSetup(PlanSetup):
    """What the pages of benefits share."""

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        plan = get_plan(self.actor, self.kwargs["plan_id"])
        return [(reverse("claims:benefits", args=[plan.id]), plan.name)]


class NewBenefit(BenefitSetup):
    """Says what a plan promises for some services."""

    title = gettext_lazy("Add a benefit")
    button = gettext_lazy("Add the benefit")

    def form(self, data: Any = None, files: Any = None) -> Form:
        return BenefitForm(data, files, initial={"valid_from": localdate(), "is_covered": True})

    def store(self, values: dict[str, Any]) -> HttpResponse:
        add_benefit(actor=self.actor, plan_id=self.kwargs["plan_id"], **values)
        self.tell(_("Benefit added."))
        return redirect("claims:benefits", self.kwargs["plan_id"])


class BenefitPage(BenefitSetup):
    """One benefit: what it promises from now on."""

    lead = gettext_lazy("A change holds for what is judged from now on; what was judged stays as it is.")
    button = gettext_lazy("Store the benefit")

    @cached_property
    def benefit(self) -> Benefit:
        benefit = get_benefit(self.actor, self.kwargs["benefit_id"])
        if benefit.plan_id != self.kwargs["plan_id"]:
            raise NotFound
        return benefit

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.benefit.title

    def form(self, data: Any = None, files: Any = None) -> Form:
        benefit = self.benefit
        return BenefitForm(data, initial={name: getattr(benefit, name) for name in BenefitForm.base_fields})

    def store(self, values: dict[str, Any]) -> HttpResponse:
        change_benefit(actor=self.actor, benefit_id=self.benefit.id, **values)
        self.tell(_("Benefit stored."))
        return redirect("claims:benefits", self.kwargs["plan_id"])
