"""Versions of the rules: tried before they are switched on, and by two people."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.apps.claims.actions.rule_sets import (
    change_rules,
    draft_rules,
    propose_rules,
    retire_rules,
    switch_rules_on,
)
from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.errors import NotYourRules, RulesMoved, RulesUntried
from bailiwick.apps.claims.models import RuleSet, Simulation
from bailiwick.apps.claims.queries.rule_sets import find_active, get_rule_set, list_rule_sets
from bailiwick.apps.claims.rules.parameters import mark_of
from bailiwick.apps.claims.tests.factories import ON, new_rules, new_stored_claim
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.base.errors import InvalidInput

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(organization: Any, member: Any, actor_of: Any) -> Actor:
    actor: Actor = actor_of(member(organization, "claims-admin"))
    return actor


@pytest.fixture
def second(organization: Any, member: Any, actor_of: Any) -> Actor:
    actor: Actor = actor_of(member(organization, "claims-admin"))
    return actor


@pytest.fixture(autouse=True)
def inside(organization: Any, scope: Any) -> Iterator[None]:
    with scope(organization):
        yield


def proposed(actor: Actor, **parameters: Any) -> RuleSet:
    rule_set = draft_rules(actor=actor, title="Next", parameters=parameters)
    return propose_rules(actor=actor, rule_set_id=rule_set.id)


def test_a_version_is_drafted_changed_proposed_and_switched_on_by_somebody_else(manager: Actor, second: Actor) -> None:
    rule_set = draft_rules(actor=manager, title="First")
    change_rules(actor=manager, rule_set_id=rule_set.id, title="The first", parameters={"second_person_above": "900"})
    propose_rules(actor=manager, rule_set_id=rule_set.id)
    with pytest.raises(NotYourRules), transaction.atomic():
        switch_rules_on(actor=manager, rule_set_id=rule_set.id)
    switch_rules_on(actor=second, rule_set_id=rule_set.id)
    active = find_active()
    assert active and (active.version, active.title) == (1, "The first")
    assert active.activated_by_id == second.member_id and active.activated_at
    assert active.parameters["second_person_above"] == "900"
    later = proposed(second)
    switch_rules_on(actor=manager, rule_set_id=later.id)
    assert list(list_rule_sets(manager).values_list("version", "state")) == [(2, "active"), (1, "retired")]


def test_a_next_version_begins_with_what_is_active(manager: Actor) -> None:
    new_rules(manager.member_id, second_person_above="900.00")
    assert draft_rules(actor=manager, title="Next").parameters["second_person_above"] == "900.00"


def test_parameters_that_cannot_be_read_are_refused_beside_their_names(manager: Actor) -> None:
    rule_set = draft_rules(actor=manager, title="First")
    for parameters, name in (({"second_person_above": "much"}, "second_person_above"), ({"magic": 1}, "magic")):
        with pytest.raises(InvalidInput) as refusal, transaction.atomic():
            change_rules(actor=manager, rule_set_id=rule_set.id, title="First", parameters=parameters)
        assert set(refusal.value.fields) == {name}


def test_what_is_proposed_does_not_change_and_what_is_drafted_is_not_switched_on(manager: Actor, second: Actor) -> None:
    rule_set = proposed(manager)
    with pytest.raises(RulesMoved), transaction.atomic():
        change_rules(actor=manager, rule_set_id=rule_set.id, title="Other", parameters={})
    with pytest.raises(RulesMoved), transaction.atomic():
        propose_rules(actor=manager, rule_set_id=rule_set.id)
    draft = draft_rules(actor=manager, title="Draft")
    with pytest.raises(RulesMoved), transaction.atomic():
        switch_rules_on(actor=second, rule_set_id=draft.id)


def test_without_an_active_version_what_is_billed_is_paid_again(manager: Actor) -> None:
    rule_set = new_rules(manager.member_id)
    retire_rules(actor=manager, rule_set_id=rule_set.id)
    assert find_active() is None
    with pytest.raises(RulesMoved), transaction.atomic():
        retire_rules(actor=manager, rule_set_id=rule_set.id)


@pytest.mark.parametrize("role", ["claims-processor", "claims-finance", "claims-reader", "provider", "patient"])
def test_who_does_not_set_up_sees_and_changes_no_rules(
    organization: Any, member: Any, actor_of: Any, role: str, manager: Actor
) -> None:
    rule_set, other = proposed(manager), actor_of(member(organization, role))
    for action in (propose_rules, switch_rules_on, retire_rules):
        with pytest.raises(Forbidden), transaction.atomic():
            action(actor=other, rule_set_id=rule_set.id)
    with pytest.raises(Forbidden), transaction.atomic():
        draft_rules(actor=other, title="Mine")
    with pytest.raises(Forbidden):
        get_rule_set(other, rule_set.id)


def tried(rule_set: RuleSet, claims: int = 1, **values: Any) -> None:
    result = {"claims": claims, "of": mark_of(rule_set.parameters)}
    Simulation.objects.create(
        rule_set=rule_set,
        **(
            {"since": ON, "until": ON, "member_id": rule_set.made_by_id, "finished_at": now(), "result": result}
            | values
        ),
    )


def test_a_version_is_tried_over_past_claims_before_it_is_switched_on(manager: Actor, second: Actor) -> None:
    new_stored_claim(stage=Stage.PAID)
    rule_set = proposed(manager, review_above="100.00")
    for refused in ({"finished_at": None}, {"claims": 0}, {"result": {"claims": 1, "of": mark_of({})}}):
        tried(rule_set, **refused)  # type: ignore[arg-type]  # each is one of them
        with pytest.raises(RulesUntried), transaction.atomic():
            switch_rules_on(actor=second, rule_set_id=rule_set.id)
    tried(rule_set)
    assert switch_rules_on(actor=second, rule_set_id=rule_set.id).state == "active"
