"""Correcting and paying what was approved: versions, differences, and money that always balances."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.apps.claims.actions.adjudication import approve_claims
from bailiwick.apps.claims.actions.correcting import correct_claim, correct_locked
from bailiwick.apps.claims.actions.paying import pay_claims, schedule_payments
from bailiwick.apps.claims.choices import Mover, Pend, Stage
from bailiwick.apps.claims.errors import MoveRefused, ReasonMissing
from bailiwick.apps.claims.models import (
    Accumulator,
    Adjudication,
    AdjudicationLine,
    Claim,
    Clock,
    Payment,
    PaymentRun,
    StatusChange,
)
from bailiwick.apps.claims.queries.claims import list_lines, lock_claims
from bailiwick.apps.claims.queries.payments import list_payments, list_runs
from bailiwick.apps.claims.rules.transitions import may_move
from bailiwick.apps.claims.tests.factories import (
    new_coverage,
    new_event,
    new_patient,
    new_plan,
    new_rules,
    new_stored_claim,
)
from bailiwick.apps.claims.values.claims import NewClaim, NewDiagnosis, NewLine
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import InvalidInput

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(organization: Any, member: Any, actor_of: Any) -> Actor:
    actor: Actor = actor_of(member(organization, "claims-admin"))
    return actor


@pytest.fixture(autouse=True)
def inside(organization: Any, scope: Any) -> Iterator[None]:
    with scope(organization):
        yield


def approved(manager: Actor, claim: Claim) -> Claim:
    with transaction.atomic():
        approve_claims(actor=manager.ref, claims=lock_claims(manager, [claim.id]), mover=Mover.MANAGER)
    claim.refresh_from_db()
    assert claim.stage == Stage.APPROVED
    return claim


def pay(manager: Actor, *claims: Claim) -> list[PaymentRun]:
    with transaction.atomic():
        return pay_claims(actor=manager, claims=lock_claims(manager, [claim.id for claim in claims]))


def as_given(claim: Claim, amount: str) -> NewClaim:
    return NewClaim(
        claim.patient_id,
        claim.provider_id,
        claim.service_date,
        (NewLine("10001", Decimal(amount), "1"),),
        (NewDiagnosis("C00.0", "principal"),),
    )


def successor_of(claim: Claim) -> Claim:
    found: Claim = Claim.objects.get(replaces=claim)
    return found


def test_paid_claims_are_paid_once_in_a_run_that_balances(manager: Actor) -> None:
    claims = [approved(manager, new_stored_claim(amounts=amounts)) for amounts in (("100.00", "20.00"), ("30.00",))]
    [run] = pay(manager, *claims)
    assert (run.count, run.billed, run.paid, run.adjusted, run.interest) == (2, 150, 150, 0, 0)
    assert {payment.amount for payment in Payment.objects.filter(run=run)} == {120, 30}
    for claim in claims:
        claim.refresh_from_db()
        assert (claim.stage, claim.status) == ("paid", "paid") and claim.paid_at
    with pytest.raises(MoveRefused):
        pay(manager, claims[0])
    assert Payment.objects.count() == 2
    assert [found.id for found in list_runs(manager)] == [run.id]


def test_each_currency_has_a_run_of_its_own(manager: Actor) -> None:
    claims = [approved(manager, new_stored_claim(currency=currency)) for currency in ("USD", "EUR", "USD")]
    assert sorted((run.currency, run.count) for run in pay(manager, *claims)) == [("EUR", 1), ("USD", 2)]


def test_who_may_not_pay_pays_nothing(manager: Actor, organization: Any, member: Any, actor_of: Any) -> None:
    claim = approved(manager, new_stored_claim())
    processor = actor_of(member(organization, "claims-processor"))
    for action in (pay_claims, schedule_payments):
        with pytest.raises(Forbidden):
            action(actor=processor, claims=[claim])


def test_scheduled_claims_are_paid_later(manager: Actor) -> None:
    claim = approved(manager, new_stored_claim())
    with transaction.atomic():
        schedule_payments(actor=manager, claims=lock_claims(manager, [claim.id]))
    claim.refresh_from_db()
    assert (claim.stage, claim.status) == ("payment_scheduled", "approved")
    assert len(pay(manager, claim)) == 1


def test_what_is_paid_late_carries_simple_interest(manager: Actor) -> None:
    """73 days at 10 % are a fifth of a year: 2 of 100."""
    claim = approved(manager, new_stored_claim(amounts=("100.00",)))
    due = now() - timedelta(days=73)
    Clock.objects.create(
        claim=claim,
        kind="payment",
        subject_id=claim.id,
        basis="42 CFR 422.520(a)",
        interest=Decimal("0.1"),
        started_at=due - timedelta(days=30),
        due_at=due,
    )
    [run] = pay(manager, claim)
    assert (run.paid, run.interest) == (100, 2)
    assert Payment.objects.get(run=run).interest == 2


def test_an_adjusted_claim_is_a_new_version_and_only_the_difference_is_paid(manager: Actor) -> None:
    old = approved(manager, new_stored_claim(amounts=("100.00",)))
    pay(manager, old)
    judged = correct_claim(
        actor=manager, claim_id=old.id, kind=Stage.ADJUSTED, new=as_given(old, "130.00"), reason="Wrong units"
    )
    old.refresh_from_db()
    new = successor_of(old)
    assert (old.stage, old.status, old.is_live) == ("adjusted", "paid", False)
    assert (new.number, new.version, new.stage, new.amount) == (old.number, 2, "approved", 130)
    assert judged and judged.adjudication.difference == 30
    [run] = pay(manager, new)
    assert (run.billed, run.paid, run.adjusted) == (30, 30, 0)
    assert [payment.amount for payment in list_payments(new)] == [100, 30]
    assert Event.objects.filter(verb="claims.claim.corrected", subject_id=old.id).count() == 1
    assert all(
        any(may_move(move.from_stage, move.to_stage, mover) for mover in Mover) for move in StatusChange.objects.all()
    )


def test_what_was_never_paid_is_paid_whole_by_its_next_version(manager: Actor) -> None:
    old = approved(manager, new_stored_claim(amounts=("100.00",)))
    correct_claim(
        actor=manager, claim_id=old.id, kind=Stage.REPLACED, new=as_given(old, "130.00"), reason="Typed wrong"
    )
    [run] = pay(manager, successor_of(old))
    assert run.paid == 130


def test_without_new_content_the_next_version_says_what_the_former_one_did(manager: Actor) -> None:
    old = approved(manager, new_stored_claim(amounts=("100.00", "20.00"), codes=("10001", "10002")))
    correct_claim(actor=manager, claim_id=old.id, kind=Stage.REPLACED, reason="Judged anew")
    new = successor_of(old)
    assert (new.amount, new.diagnoses) == (old.amount, old.diagnoses)
    assert [(line.procedure_code, line.amount) for line in list_lines(new)] == [("10001", 100), ("10002", 20)]
    assert Adjudication.objects.get(claim=new).difference == 0


def test_a_voided_claim_is_reversed_and_what_was_paid_is_owed_back(manager: Actor) -> None:
    claim = approved(manager, new_stored_claim(amounts=("100.00", "20.00")))
    pay(manager, claim)
    assert correct_claim(actor=manager, claim_id=claim.id, kind=Stage.VOIDED, reason="Not ours") is None
    claim.refresh_from_db()
    assert (claim.stage, claim.paid) == ("voided", 0)
    last = Adjudication.objects.filter(claim=claim).order_by("-version")[0]
    assert (last.outcome, last.paid, last.adjusted, last.difference) == ("reversed", 0, 120, -120)
    assert [line.adjusted for line in AdjudicationLine.objects.filter(adjudication=last).order_by("sequence")] == [
        100,
        20,
    ]
    assert [(payment.amount, payment.run.adjusted) for payment in list_payments(claim)] == [(120, 0), (-120, 120)]


def test_a_voided_claim_that_was_never_paid_moves_no_money(manager: Actor) -> None:
    claim = approved(manager, new_stored_claim())
    correct_claim(actor=manager, claim_id=claim.id, kind=Stage.VOIDED, reason="Not ours")
    assert not PaymentRun.objects.exists()


@pytest.mark.parametrize("kind", [Stage.ADJUSTED, Stage.REPLACED, Stage.VOIDED])
def test_a_correction_gives_back_what_the_judgement_took_of_the_cover(manager: Actor, kind: Stage) -> None:
    new_rules(manager.member_id)
    patient = new_patient()
    cover = new_coverage(patient, new_plan(deductible=Decimal("500.00")))
    claim = approved(manager, new_stored_claim(patient=patient))
    used = Accumulator.objects.get(coverage=cover)
    assert used.deductible == 150
    new = None if kind == Stage.VOIDED else as_given(claim, "90.00")
    correct_claim(actor=manager, claim_id=claim.id, kind=kind, new=new, reason="Wrong")
    used.refresh_from_db()
    assert (used.deductible, used.out_of_pocket) == ((0, 0) if kind == Stage.VOIDED else (90, 90))


def test_a_cancelled_event_has_the_claim_reviewed_again(manager: Actor) -> None:
    claim = approved(manager, new_stored_claim())
    event = new_event(claim.patient, "cancel")
    with transaction.atomic():
        [locked] = lock_claims(manager, [claim.id])
        correct_locked(
            actor=manager.ref,
            claim=locked,
            kind=Stage.REPLACED,
            reason="The discharge was cancelled",
            mover=Mover.CANCELLATION,
            event_id=event.id,
        )
    new = successor_of(claim)
    assert (new.stage, new.pend, new.paid) == (Stage.UNDER_REVIEW, Pend.EVENT, None)
    assert StatusChange.objects.filter(event=event).count() == 2


@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.DENIED, Stage.EXPIRED])
def test_what_is_not_approved_or_paid_is_not_corrected(manager: Actor, stage: Stage) -> None:
    claim = new_stored_claim(stage=stage)
    with pytest.raises(MoveRefused):
        correct_claim(actor=manager, claim_id=claim.id, kind=Stage.VOIDED, reason="Wrong")


def test_a_correction_needs_a_reason_a_right_and_an_order(
    manager: Actor, organization: Any, member: Any, actor_of: Any
) -> None:
    claim = approved(manager, new_stored_claim())
    with pytest.raises(ReasonMissing), transaction.atomic():
        correct_claim(actor=manager, claim_id=claim.id, kind=Stage.VOIDED, reason="")
    with pytest.raises(Forbidden), transaction.atomic():
        finance = actor_of(member(organization, "claims-finance"))
        correct_claim(actor=finance, claim_id=claim.id, kind=Stage.VOIDED, reason="Wrong")
    other = replace(as_given(claim, "10.00"), patient_id=new_patient().id, currency="EUR")
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        correct_claim(actor=manager, claim_id=claim.id, kind=Stage.ADJUSTED, new=other, reason="Wrong")
    assert set(refusal.value.fields) == {"patient", "currency"}
    claim.refresh_from_db()
    assert claim.stage == Stage.APPROVED
