"""Versions of the rules: drafted, proposed, switched on by somebody else, retired."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from bailiwick.apps.claims.choices import RuleState
from bailiwick.apps.claims.errors import NotYourRules, RulesMoved, RulesUntried
from bailiwick.apps.claims.manifest import CONFIGURE, SWITCH_RULES
from bailiwick.apps.claims.models import RuleSet
from bailiwick.apps.claims.queries.rule_sets import find_active, is_tried, lock_rule_set, lock_rule_sets
from bailiwick.apps.claims.rules.parameters import from_json, to_json
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record


def draft_rules(*, actor: Actor, title: str, parameters: Mapping[str, Any] | None = None) -> RuleSet:
    """Begin a next version: with the parameters given, else those that are active now.

    Raises InvalidInput beside each parameter that cannot be read.
    """
    actor.require(CONFIGURE)
    with transaction.atomic(savepoint=False):
        lock_rule_sets()
        active = find_active()
        given = parameters if parameters is not None else active.parameters if active else {}
        last = RuleSet.objects.aggregate(last=Max("version"))["last"] or 0
        rule_set: RuleSet = RuleSet.objects.create(
            version=last + 1, title=title, parameters=to_json(from_json(given)), made_by_id=actor.member_id
        )
        record(actor.ref, "claims.rules.drafted", rule_set, {"version": rule_set.version})
        return rule_set


def change_rules(*, actor: Actor, rule_set_id: UUID, title: str, parameters: Mapping[str, Any]) -> RuleSet:
    """Change a draft. Raises RulesMoved, or InvalidInput beside each parameter that cannot be read."""
    actor.require(CONFIGURE)
    with transaction.atomic(savepoint=False):
        rule_set = _lock_in(rule_set_id, RuleState.DRAFT)
        rule_set.title, rule_set.parameters = title, to_json(from_json(parameters))
        rule_set.save(update_fields=["title", "parameters"])
        record(actor.ref, "claims.rules.changed", rule_set, {"version": rule_set.version})
        return rule_set


def propose_rules(*, actor: Actor, rule_set_id: UUID) -> RuleSet:
    """Put a draft forward; from then on it does not change. Raises RulesMoved."""
    actor.require(CONFIGURE)
    with transaction.atomic(savepoint=False):
        rule_set = _lock_in(rule_set_id, RuleState.DRAFT)
        rule_set.state, rule_set.proposed_by_id = RuleState.PROPOSED, actor.member_id
        rule_set.save(update_fields=["state", "proposed_by"])
        record(actor.ref, "claims.rules.proposed", rule_set, {"version": rule_set.version})
        return rule_set


def switch_rules_on(*, actor: Actor, rule_set_id: UUID) -> RuleSet:
    """Judge claims by a proposed version from now on; the one before is retired.

    Raises NotYourRules for who proposed it or made it, RulesMoved where it is not proposed, RulesUntried where it was
    not tried over past claims as it stands.
    """
    actor.require(SWITCH_RULES)
    with transaction.atomic(savepoint=False):
        lock_rule_sets()
        rule_set = _lock_in(rule_set_id, RuleState.PROPOSED)
        if actor.member_id in (rule_set.proposed_by_id, rule_set.made_by_id):
            raise NotYourRules
        if not is_tried(rule_set):
            raise RulesUntried
        _retire_active(actor)
        rule_set.state, rule_set.activated_by_id, rule_set.activated_at = RuleState.ACTIVE, actor.member_id, Now()
        rule_set.save(update_fields=["state", "activated_by", "activated_at"])
        record(actor.ref, "claims.rules.activated", rule_set, {"version": rule_set.version})
        rule_set.refresh_from_db()
        return rule_set


def retire_rules(*, actor: Actor, rule_set_id: UUID) -> RuleSet:
    """Take a version that is not used any more, or never will be, out of the list of those to switch on.

    That of an active one means that what is billed is paid again, and needs the right to switch.
    """
    with transaction.atomic(savepoint=False):
        lock_rule_sets()
        rule_set = lock_rule_set(rule_set_id)
        actor.require(SWITCH_RULES if rule_set.state == RuleState.ACTIVE else CONFIGURE)
        if rule_set.state == RuleState.RETIRED:
            raise RulesMoved(state=rule_set.state)
        _retire(actor, rule_set)
        return rule_set


def _retire_active(actor: Actor) -> None:
    active = find_active()
    if active:
        _retire(actor, active)


def _retire(actor: Actor, rule_set: RuleSet) -> None:
    rule_set.state = RuleState.RETIRED
    rule_set.save(update_fields=["state"])
    record(actor.ref, "claims.rules.retired", rule_set, {"version": rule_set.version})


def _lock_in(rule_set_id: UUID, state: RuleState) -> RuleSet:
    rule_set = lock_rule_set(rule_set_id)
    if rule_set.state != state:
        raise RulesMoved(state=rule_set.state)
    return rule_set
