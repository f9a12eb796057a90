"""Approving claims goes through adjudication, however it is asked for."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from bailiwick.apps.claims.actions.adjudication import Judged, approve_claims
from bailiwick.apps.claims.choices import Mover, Pend, Stage
from bailiwick.apps.claims.errors import MoveRefused
from bailiwick.apps.claims.models import (
    Accumulator,
    Adjudication,
    AdjudicationLine,
    Claim,
    ClaimLine,
    StatusChange,
)
from bailiwick.apps.claims.queries.claims import lock_claims
from bailiwick.apps.claims.tests.factories import (
    ON,
    new_coverage,
    new_patient,
    new_plan,
    new_provider,
    new_rules,
    new_schedule,
    new_stored_claim,
)
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.testing.statements import Statements
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(organization: Any, member: Any, actor_of: Any) -> Actor:
    actor: Actor = actor_of(member(organization, "claims-admin"))
    return actor


@pytest.fixture(autouse=True)
def inside(organization: Any, scope: Any) -> Iterator[None]:
    with scope(organization):
        yield


def approve(manager: Actor, *claims: Claim, **values: Any) -> list[Judged]:
    with transaction.atomic():
        locked = lock_claims(manager, [claim.id for claim in claims])
        return approve_claims(actor=manager.ref, claims=locked, **({"mover": Mover.MANAGER} | values))


def test_without_rules_what_is_billed_is_paid(manager: Actor) -> None:
    claim = new_stored_claim(amounts=("100.00", "50.00"))
    [judged] = approve(manager, claim, reason="Auto-finalize")
    assert judged.is_approved
    claim.refresh_from_db()
    assert (claim.stage, claim.status, claim.approval_reason) == ("approved", "approved", "Auto-finalize")
    assert claim.allowed == claim.paid == Decimal("150.00") and claim.patient_owes == 0
    assert claim.decided_at is not None
    stored = Adjudication.objects.get(claim=claim)
    assert (stored.version, stored.outcome, stored.is_final, stored.difference) == (1, "approved", True, 150)
    lines = AdjudicationLine.objects.filter(adjudication=stored).order_by("sequence")
    assert [(line.sequence, line.paid) for line in lines] == [(1, 100), (2, 50)]
    move = StatusChange.objects.get(claim=claim)
    assert (move.from_stage, move.to_stage, move.member_id) == ("accepted", "approved", manager.member_id)
    assert judged.claim.paid == Decimal("150.00"), "the claim given shows it too"


def test_details_and_former_revisions_of_lines_do_not_count(manager: Actor) -> None:
    claim = new_stored_claim(amounts=("100.00",), revision=2)
    for revision, place, sequence, amount in ((2, "1", 1, 100), (2, "1.1", 2, 60)):
        ClaimLine.objects.create(
            claim=claim, revision=revision, sequence=sequence, place=place, procedure_code="10001", amount=amount
        )
    [judged] = approve(manager, claim)
    assert judged.adjudication.billed == 100


def test_who_may_not_approve_is_refused_and_nothing_is_stored(manager: Actor) -> None:
    claim = new_stored_claim()
    with pytest.raises(MoveRefused):
        approve(manager, claim, mover=Mover.SUBMITTER)
    assert not Adjudication.objects.exists()


def test_what_pends_goes_to_the_queue_of_its_reason_until_that_is_settled(manager: Actor) -> None:
    new_rules(manager.member_id, second_person_above="100.00")
    patient = new_patient()
    new_coverage(patient)
    claim = new_stored_claim(patient=patient)
    [judged] = approve(manager, claim)
    assert not judged.is_approved
    claim.refresh_from_db()
    assert (claim.stage, claim.pend, claim.paid) == (Stage.UNDER_REVIEW, Pend.AMOUNT, None)
    assert WorkItem.objects.get(subject_id=claim.id).queue == "claims.amounts"
    assert not Adjudication.objects.get(claim=claim).is_final
    [judged] = approve(manager, claim, resolved=frozenset({Pend.AMOUNT}), reason="Two people")
    assert judged.is_approved and judged.adjudication.version == 2
    claim.refresh_from_db()
    assert (claim.stage, claim.paid) == (Stage.APPROVED, Decimal("150.00"))


def test_a_denial_waits_for_a_person(manager: Actor) -> None:
    new_rules(manager.member_id)
    claim = new_stored_claim()
    [judged] = approve(manager, claim)
    claim.refresh_from_db()
    assert (judged.adjudication.outcome, judged.adjudication.paid) == ("denied", 0)
    assert (claim.stage, claim.pend) == (Stage.UNDER_REVIEW, Pend.DENIAL)


def test_under_review_for_another_reason_its_work_changes_queue(manager: Actor) -> None:
    new_rules(manager.member_id)
    claim = new_stored_claim(stage=Stage.UNDER_REVIEW, pend=Pend.DUPLICATE)
    approve(manager, claim)
    claim.refresh_from_db()
    assert (claim.stage, claim.pend, claim.edition) == (Stage.UNDER_REVIEW, Pend.DENIAL, 2)
    assert [item.queue for item in WorkItem.objects.filter(done_at=None)] == ["claims.medical"]
    assert not StatusChange.objects.filter(claim=claim).exists(), "it did not move"


def test_claims_of_one_member_use_a_deductible_once(manager: Actor) -> None:
    new_rules(manager.member_id, duplicate_score="1")
    patient = new_patient()
    cover = new_coverage(patient, new_plan(deductible=Decimal("200.00"), coinsurance=Decimal("0.2")))
    new_schedule({"10001": "150.00", "10002": "150.00"})
    claims = [new_stored_claim(patient=patient, codes=(code,)) for code in ("10001", "10002")]
    first, second = (each.adjudication for each in approve(manager, *claims))
    assert (first.deductible, first.paid) == (150, 0)
    assert (second.deductible, second.paid) == (50, 80)
    used = Accumulator.objects.get(coverage=cover, year=2026)
    assert (used.deductible, used.out_of_pocket) == (200, 220)


def test_prices_are_those_of_the_day_the_contract_before_the_plan_before_all(manager: Actor) -> None:
    new_rules(manager.member_id)
    patient, plan = new_patient(), new_plan()
    new_coverage(patient, plan)
    claim = new_stored_claim(patient=patient)
    new_schedule({"10001": "10.00"}, valid_until="2026-03-01")
    new_schedule({"10001": "110.00"})
    [judged] = approve(manager, claim, resolved=frozenset())
    assert judged.adjudication.allowed == 110
    second = new_stored_claim(patient=patient, provider=claim.provider, service_date="2026-05-02")
    new_schedule({"10001": "120.00"}, provider=claim.provider)
    new_schedule({"10001": "115.00"}, plan=plan)
    [judged] = approve(manager, second)
    assert judged.adjudication.allowed == 120


@pytest.mark.parametrize("with_rules", [False, True])
def test_many_claims_take_as_many_statements_as_few(
    manager: Actor,
    with_rules: bool,
    count_statements: Callable[[], AbstractContextManager[Statements]],
) -> None:
    if with_rules:
        new_rules(manager.member_id)
    counts = []
    for count in (2, 12):
        claims = []
        for _each in range(count):
            patient = new_patient()
            new_coverage(patient, new_plan(deductible=Decimal("20.00")))
            claims.append(new_stored_claim(patient=patient))
        with count_statements() as seen:
            assert all(each.is_approved for each in approve(manager, *claims))
        counts.append(seen.count)
    assert counts[0] == counts[1] <= 24


def test_a_line_that_was_denied_may_be_sent_again_and_takes_no_units(manager: Actor) -> None:
    """Of a claim that is partially approved the denied line was not the service: CARC 18 is for what was paid."""
    new_rules(manager.member_id, unit_limits={"10002": 1})
    patient = new_patient()
    new_coverage(patient)
    values: dict[str, Any] = {"patient": patient, "provider": new_provider()}
    first = new_stored_claim(amounts=("100.00", "50.00"), codes=("10001", "10002"), **values)
    ClaimLine.objects.filter(claim=first, sequence=2).update(quantity=2)
    approve(manager, first)
    first.refresh_from_db()
    assert (first.stage, first.paid) == (Stage.PARTIALLY_APPROVED, 100)
    again = new_stored_claim(amounts=("50.00",), codes=("10002",), **values)
    approve(manager, again)
    again.refresh_from_db()
    assert (again.stage, again.paid) == (Stage.APPROVED, 50)


@pytest.mark.parametrize("at_once", [True, False])
def test_claims_judged_together_are_judged_as_one_after_the_other(manager: Actor, at_once: bool) -> None:
    new_rules(manager.member_id, unit_limits={"10002": 1})
    patient = new_patient()
    new_coverage(patient)
    values: dict[str, Any] = {"patient": patient, "provider": new_provider()}
    claims = [
        new_stored_claim(amounts=("100.00", "50.00"), codes=("10001", "10002"), **values),
        new_stored_claim(amounts=("50.00",), codes=("10002",), **values),
    ]
    ClaimLine.objects.filter(claim=claims[0], sequence=2).update(quantity=2)
    for group in [claims] if at_once else [[claim] for claim in claims]:
        approve(manager, *group)
    assert list(Claim.objects.order_by("id").values_list("stage", "paid")) == [
        (Stage.PARTIALLY_APPROVED, 100),
        (Stage.APPROVED, 50),
    ]


def test_a_line_is_priced_by_the_schedule_of_its_own_day(manager: Actor) -> None:
    new_rules(manager.member_id)
    patient = new_patient()
    new_coverage(patient)
    new_schedule({"10001": "80.00"}, valid_until=ON)
    new_schedule({"10001": "90.00"}, valid_from=ON + timedelta(days=1))
    claim = new_stored_claim(amounts=("100.00", "100.00"), patient=patient)
    ClaimLine.objects.filter(claim=claim, sequence=2).update(service_date=ON + timedelta(days=1), modifiers=["76"])
    approve(manager, claim)
    claim.refresh_from_db()
    assert claim.allowed == 170
