"""Versions of the rules: their list, and one with its parameters, its steps and what can be done to it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.rule_sets import (
    change_rules,
    draft_rules,
    propose_rules,
    retire_rules,
    switch_rules_on,
)
from bailiwick.apps.claims.choices import RULE_LOOKS, RuleState
from bailiwick.apps.claims.manifest import CONFIGURE, SWITCH_RULES
from bailiwick.apps.claims.models import RuleSet
from bailiwick.apps.claims.queries.rule_sets import find_active, get_rule_set, list_rule_sets, list_simulations
from bailiwick.apps.claims.rules.parameters import SETTINGS
from bailiwick.apps.claims.rules.pipeline import STEPS
from bailiwick.apps.claims.web.forms.rule_sets import RulesForm, TrialForm, spell_all
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.tables import Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

EITHER = (CONFIGURE, SWITCH_RULES)
TRIALS, BACK = 20, timedelta(days=180)


class RuleSetList(ListPage):
    """Every version of the rules."""

    right = EITHER
    template_name = "claims/rule_sets.html"
    title = gettext_lazy("Rules of adjudication")
    lead = gettext_lazy(
        "One version is active. A next one is tried over past claims before a second person switches it on."
    )
    nothing_yet = gettext_lazy("No rules yet: what is billed is paid")
    nothing_yet_hint = gettext_lazy("Draft the first version, try it over past claims, and propose it.")
    caption = gettext_lazy("Versions, newest first")
    order = "-version"
    columns = (
        Column(
            gettext_lazy("Title"),
            lambda row: row.title,
            sub=lambda row: _("Version %(number)s") % {"number": row.version},
            sub_title=gettext_lazy("Version"),
            link=lambda row: reverse("claims:rules", args=[row.id]),
            sort="version",
            classes="w",
            code="title",
        ),
        Column(
            gettext_lazy("State"),
            lambda row: parts.state(RULE_LOOKS[row.state], RuleState(row.state).label),
            value=lambda row: row.state,
            classes="c-2",
            code="state",
        ),
        Column(
            gettext_lazy("Proposed by"),
            lambda row: parts.who(row.proposed_by),
            value=lambda row: row.proposed_by and row.proposed_by.name,
            code="proposed_by",
        ),
        Column(
            gettext_lazy("Switched on by"),
            lambda row: parts.who(row.activated_by),
            value=lambda row: row.activated_by and row.activated_by.name,
            classes="c-hide",
            code="activated_by",
        ),
        Column(
            gettext_lazy("Made"),
            lambda row: parts.ago(row.made_at),
            value=lambda row: row.made_at,
            classes="num c-3 nowrap dim",
            code="made",
        ),
    )

    def rows(self) -> QuerySet[RuleSet]:
        return list_rule_sets(self.actor)

    def views(self) -> list[NamedView]:
        return [NamedView(_("All"), {})]

    @property
    def may_draft(self) -> bool:
        return self.actor.may(CONFIGURE)


class DraftRules(Page):
    """Begins a next version with what is active now."""

    right = CONFIGURE
    navigation_name = "claims:rule-sets"

    def post(self, request: HttpRequest) -> HttpResponse:
        rule_set = draft_rules(actor=self.actor, title=_("Next version"))
        self.tell(_("Drafted with the parameters that are active now."))
        return redirect("claims:rules", rule_set.id)


class RulesPage(Page):
    """One version: its parameters beside those that are active, its steps, its trials."""

    right = EITHER
    template_name = "claims/rules.html"
    navigation_name = "claims:rule-sets"

    def get(self, request: HttpRequest, rule_set_id: UUID) -> HttpResponse:
        return self._show(get_rule_set(self.actor, rule_set_id))

    def post(self, request: HttpRequest, rule_set_id: UUID) -> HttpResponse:
        rule_set = get_rule_set(self.actor, rule_set_id)
        form = RulesForm(request.POST)
        if not form.is_valid():
            return self._show(rule_set, form)
        try:
            with transaction.atomic():
                change_rules(
                    actor=self.actor,
                    rule_set_id=rule_set_id,
                    title=form.cleaned_data["title"],
                    parameters=form.parameters,
                )
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self._show(rule_set, form)
        self.tell(_("Version stored."))
        return redirect("claims:rules", rule_set_id)

    def _show(self, rule_set: RuleSet, form: RulesForm | None = None) -> HttpResponse:
        today = localdate()
        return self.show(
            status=422 if form else 200,
            rule_set=rule_set,
            look=RULE_LOOKS[RuleState(rule_set.state)],
            form=form or RulesForm(initial={"title": rule_set.title} | spell_all(rule_set.parameters)),
            compared=compare(rule_set, find_active()),
            steps=STEPS,
            trials=list_simulations(rule_set)[:TRIALS],
            trial_form=TrialForm(initial={"since": today - BACK, "until": today}),
            may_configure=self.actor.may(CONFIGURE),
            may_switch=self.actor.may(SWITCH_RULES)
            and self.actor.member_id not in (rule_set.proposed_by_id, rule_set.made_by_id),
        )


def compare(rule_set: RuleSet, active: RuleSet | None) -> list[tuple[Any, str, str]]:
    """Title of each parameter that is otherwise than in the active version: what it is there, and here."""
    if active is None or active.id == rule_set.id:
        return []
    there, here = spell_all(active.parameters), spell_all(rule_set.parameters)
    return [
        (setting.title, _shown(there[setting.name]), _shown(here[setting.name]))
        for setting in SETTINGS
        if there[setting.name] != here[setting.name]
    ]


def _shown(value: Any) -> str:
    return (", ".join(value) if isinstance(value, list) else str(value)) or _("none")


class RulesDeed(Page):
    """Something done to a version by a button."""

    right = EITHER
    navigation_name = "claims:rule-sets"
    deed: Callable[..., RuleSet]
    told: Any = ""

    def post(self, request: HttpRequest, rule_set_id: UUID) -> HttpResponse:
        get_rule_set(self.actor, rule_set_id)
        type(self).deed(actor=self.actor, rule_set_id=rule_set_id)
        self.tell(self.told)
        return redirect("claims:rules", rule_set_id)


class ProposeRules(RulesDeed):
    """Puts a draft forward."""

    deed = staticmethod(propose_rules)
    told = gettext_lazy("Proposed. Somebody else has to switch it on.")


class SwitchRules(RulesDeed):
    """Has claims judged by a proposed version."""

    deed = staticmethod(switch_rules_on)
    told = gettext_lazy("Switched on: claims are judged by it from now on.")


class RetireRules(RulesDeed):
    """Takes a version out of use."""

    deed = staticmethod(retire_rules)
    told = gettext_lazy("Retired.")
