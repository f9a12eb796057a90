"""Trials of the rules: begun, and what came out."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.disclosing import show_claims
from bailiwick.apps.claims.actions.simulating import simulate_rules
from bailiwick.apps.claims.choices import Outcome, Pend
from bailiwick.apps.claims.manifest import CONFIGURE, TO_EXPORT
from bailiwick.apps.claims.models import Claim, Simulation
from bailiwick.apps.claims.queries.claims import list_claims
from bailiwick.apps.claims.queries.rule_sets import get_rule_set, get_simulation
from bailiwick.apps.claims.web.forms.rule_sets import TrialForm
from bailiwick.apps.claims.web.rule_sets import EITHER
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.web.tables import Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts

LOOKS = {
    Outcome.APPROVED: "good",
    Outcome.PARTIAL: "good",
    Outcome.PENDED: "wait",
    Outcome.DENIED: "bad",
    Outcome.REVERSED: "end",
}


class TryRules(Page):
    """Begins a trial of a version over past claims."""

    right = CONFIGURE
    navigation_name = "claims:rule-sets"

    def post(self, request: HttpRequest, rule_set_id: UUID) -> HttpResponse:
        get_rule_set(self.actor, rule_set_id)
        form = TrialForm(request.POST)
        if not form.is_valid():
            raise InvalidInput({name: list(map(str, errors)) for name, errors in form.errors.items()})
        with transaction.atomic():
            simulation = simulate_rules(actor=self.actor, rule_set_id=rule_set_id, **form.cleaned_data)
        return redirect("claims:simulation", simulation.id)


class SimulationPage(Page):
    """What a trial found: counts and money by outcome, by the active rules and by the version."""

    right = EITHER
    template_name = "claims/simulation.html"
    navigation_name = "claims:rule-sets"

    def get(self, request: HttpRequest, simulation_id: UUID) -> HttpResponse:
        simulation = get_simulation(self.actor, simulation_id)
        return self.show(simulation=simulation, result=simulation.result, sides=list(_sides(simulation)))


def _sides(simulation: Simulation) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    """By currency a row an outcome: how many and how much is paid, before and after."""
    none = {"count": 0, "paid": "0.00", "patient_owes": "0.00"}
    for currency, sides in simulation.result.get("currencies", {}).items():
        found = [outcome for outcome in Outcome if outcome in sides["before"] or outcome in sides["after"]]
        rows = [
            {
                "outcome": outcome,
                "look": LOOKS[outcome],
                "before": sides["before"].get(outcome, none),
                "after": sides["after"].get(outcome, none),
            }
            for outcome in found
        ]
        yield currency, rows


class ChangedClaims(ListPage):
    """Claims of which something else would come out, the first five hundred."""

    right = EITHER
    navigation_name = "claims:rule-sets"
    title = gettext_lazy("Claims that change")
    nothing_yet = gettext_lazy("No claim changes")
    nothing_yet_hint = gettext_lazy("By this version the same comes out as by the rules that are active.")
    caption = gettext_lazy("Claims that change, newest first")
    columns = (
        Column(
            gettext_lazy("Number"),
            lambda row: row.label,
            link=lambda row: reverse("claims:record", args=[row.id]),
            sort="id",
            classes="w",
            code="number",
        ),
        Column(
            gettext_lazy("Now"), lambda row: outcome_of(row.before), value=lambda row: row.before["outcome"], code="now"
        ),
        Column(
            gettext_lazy("Paid now"),
            lambda row: parts.money(Decimal(row.before["paid"]), row.currency),
            value=lambda row: Decimal(row.before["paid"]),
            classes="num",
            code="paid_now",
        ),
        Column(
            gettext_lazy("Then"), lambda row: outcome_of(row.after), value=lambda row: row.after["outcome"], code="then"
        ),
        Column(
            gettext_lazy("Paid then"),
            lambda row: parts.money(Decimal(row.after["paid"]), row.currency),
            value=lambda row: Decimal(row.after["paid"]),
            classes="num",
            code="paid_then",
        ),
    )

    @property
    def changes(self) -> dict[str, Any]:
        result = get_simulation(self.actor, self.kwargs["simulation_id"]).result
        return {change["claim"]: change for change in result.get("changes", [])}

    def rows(self) -> QuerySet[Claim]:
        return list_claims(self.actor).filter(id__in=list(self.changes))

    def present(self, rows: list[Claim]) -> Iterable[Claim]:
        changes = self.changes
        for row in rows:
            row.before, row.after = changes[str(row.id)]["before"], changes[str(row.id)]["after"]  # type: ignore[attr-defined]
        return rows

    def disclose(self, rows: list[Claim], *, is_export: bool = False) -> None:
        show_claims(actor=self.actor, claim_ids=[row.pk for row in rows], purpose=TO_EXPORT if is_export else "")


def outcome_of(told: dict[str, str]) -> Any:
    outcome = Outcome(told["outcome"])
    words = str(Pend(told["pend"]).label) if told["pend"] and outcome == Outcome.PENDED else str(outcome.label)
    return parts.state(LOOKS[outcome], words)
