"""Many claims at once: batches side by side, what they take of covers, and versions of rules tried over the past."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction
from django.db.models import Sum

from bailiwick.apps.claims.actions import batches
from bailiwick.apps.claims.actions.adjudication import approve_claims
from bailiwick.apps.claims.actions.batches import adjudicate_waiting
from bailiwick.apps.claims.actions.simulating import simulate_rules
from bailiwick.apps.claims.choices import Mover, Stage
from bailiwick.apps.claims.models import (
    Accumulator,
    Adjudication,
    Claim,
    RuleSet,
    Simulation,
    StatusChange,
)
from bailiwick.apps.claims.queries.claims import lock_claims
from bailiwick.apps.claims.queries.rule_sets import is_tried, list_simulations
from bailiwick.apps.claims.tests.factories import (
    new_coverage,
    new_patient,
    new_plan,
    new_rules,
    new_schedule,
    new_stored_claim,
)
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.scope import enter

pytestmark = pytest.mark.django_db(transaction=True)

YEAR = {"since": date(2026, 1, 1), "until": date(2026, 12, 31)}


@pytest.fixture
def manager(organization: Any, member: Any, actor_of: Any) -> Actor:
    actor: Actor = actor_of(member(organization, "claims-admin"))
    return actor


def insured(deductible: str = "200.00") -> Any:
    patient = new_patient()
    new_coverage(patient, new_plan(deductible=Decimal(deductible)))
    return patient


def approve(manager: Actor, key: UUID) -> None:
    with enter(manager.organization_id), transaction.atomic():
        approve_claims(actor=manager.ref, claims=lock_claims(manager, [key]), mover=Mover.MANAGER)


def begun(manager: Actor, **days: date) -> list[Job]:
    with enter(manager.organization_id), transaction.atomic():
        return adjudicate_waiting(actor=manager, **days)


def worked(manager: Actor, jobs: list[Job]) -> list[Job]:
    for job in jobs:
        run_job(str(manager.organization_id), str(job.id))
    with enter(manager.organization_id):
        found = list(Job.objects.filter(id__in=[job.id for job in jobs]).order_by("id"))
    assert all(job.state == "done" for job in found), [job.error for job in found]
    return found


def test_two_at_once_never_use_the_same_deductible(manager: Actor) -> None:
    """Of 200.00 that is to be paid first, four claims of 100.00 at once pay it once."""
    with enter(manager.organization_id):
        new_rules(manager.member_id, duplicate_score="1")
        patient = insured()
        codes = [f"1000{number}" for number in range(1, 5)]
        new_schedule(dict.fromkeys(codes, "100.00"))
        keys = [new_stored_claim(patient=patient, codes=(code,), amounts=("100.00",)).id for code in codes]

    def one(key: UUID) -> None:
        try:
            approve(manager, key)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, keys))
    with enter(manager.organization_id):
        assert Adjudication.objects.aggregate(used=Sum("deductible"), paid=Sum("paid")) == {"used": 200, "paid": 200}
        assert Accumulator.objects.get().deductible == 200


def test_every_waiting_claim_is_judged_once_however_often_it_is_asked_for(
    manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "CHUNK", 2)
    with enter(manager.organization_id):
        for _each in range(7):
            new_stored_claim()
        new_stored_claim(stage=Stage.UNDER_REVIEW, pend="event")
    first = worked(manager, begun(manager))
    again = worked(manager, begun(manager))
    assert sum(job.result["approved"] for job in first) == 7 and all(job.result["approved"] < 7 for job in first)
    assert [job.result for job in again] == [{"approved": 0, "under_review": 0}] * 2
    with enter(manager.organization_id):
        assert Claim.objects.filter(stage="approved").count() == 7
        assert StatusChange.objects.filter(to_stage="approved").count() == Adjudication.objects.count() == 7


def test_a_batch_may_be_of_some_days_of_service(manager: Actor) -> None:
    with enter(manager.organization_id):
        for month in (1, 2, 3):
            new_stored_claim(service_date=date(2026, month, 5))
    worked(manager, begun(manager, since=date(2026, 2, 1), until=date(2026, 2, 28)))
    with enter(manager.organization_id):
        assert [claim.service_date.month for claim in Claim.objects.filter(stage="approved")] == [2]


def test_what_rules_do_not_pay_waits_for_people(manager: Actor) -> None:
    with enter(manager.organization_id):
        new_rules(manager.member_id, second_person_above="100.00")
        new_stored_claim(patient=insured("0.00"))
        new_stored_claim()
    [result] = [job.result for job in worked(manager, begun(manager)) if job.result["under_review"] == 2] or [None]
    with enter(manager.organization_id):
        assert sorted(Claim.objects.values_list("pend", flat=True)) == ["amount", "denial"]
    assert result is None or result["approved"] == 0


def test_who_does_not_manage_claims_begins_no_batch(organization: Any, member: Any, actor_of: Any) -> None:
    with pytest.raises(Forbidden):
        begun(actor_of(member(organization, "claims-processor")))


def tried(manager: Actor, rule_set: RuleSet) -> Simulation:
    with enter(manager.organization_id), transaction.atomic():
        simulation = simulate_rules(actor=manager, rule_set_id=rule_set.id, **YEAR)
    assert simulation.job
    worked(manager, [simulation.job])
    with enter(manager.organization_id):
        return Simulation.objects.get(id=simulation.id)


def draft(manager: Actor, **parameters: Any) -> RuleSet:
    made: RuleSet = RuleSet.objects.create(version=9, title="Next", parameters=parameters, made_by_id=manager.member_id)
    return made


def test_a_trial_tells_what_would_come_out_and_writes_nothing_else(manager: Actor) -> None:
    with enter(manager.organization_id):
        new_rules(manager.member_id, duplicate_score="1")
        new_schedule({"10001": "100.00", "10002": "900.00"})
        patient = insured("150.00")
        first = new_stored_claim(patient=patient, amounts=("100.00",))
        large = new_stored_claim(patient=patient, amounts=("900.00",), codes=("10002",))
        rules = draft(manager, duplicate_score="1", second_person_above="500.00")
    for claim in (first, large):
        approve(manager, claim.id)
    with enter(manager.organization_id):
        before = list(Claim.objects.values().order_by("id")), list(Accumulator.objects.values())
    result = tried(manager, rules).result
    with enter(manager.organization_id):
        assert (list(Claim.objects.values().order_by("id")), list(Accumulator.objects.values())) == before
        assert Adjudication.objects.count() == 2
        assert [each.rule_set_id for each in list_simulations(rules)] == [rules.id] and is_tried(rules)
        rules.parameters |= {"filing_days": 90}
        assert not is_tried(rules), "as it stands now it was not"
    sides = result["currencies"]["USD"]
    assert {name: each["count"] for name, each in sides["before"].items()} == {"approved": 2}
    assert sides["before"]["approved"]["paid"] == "850.00", "as it did come out: the deductible is used once"
    assert {name: each["count"] for name, each in sides["after"].items()} == {"approved": 1, "pended": 1}
    assert (result["claims"], result["changed"]) == (2, 1)
    [change] = result["changes"]
    assert change["claim"] == str(large.id)
    assert (change["before"]["outcome"], change["after"]["outcome"]) == ("approved", "pended")
    assert change["after"]["pend"] == "amount"


def test_what_a_trial_keeps_names_no_diagnosis_and_no_service(manager: Actor) -> None:
    with enter(manager.organization_id):
        new_stored_claim(patient=insured(), codes=("10001",))
        rules = draft(manager)
    told = str(tried(manager, rules).result)
    assert "C00.0" not in told and "10001" not in told


def test_days_of_a_trial_are_in_order(manager: Actor) -> None:
    with enter(manager.organization_id), pytest.raises(InvalidInput), transaction.atomic():
        simulate_rules(actor=manager, rule_set_id=draft(manager).id, since=date(2026, 2, 1), until=date(2026, 1, 1))
