"""Appeals: who files them until when, who decides them, and what becomes of the claim."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.apps.claims.actions.adjudication import approve_claims
from bailiwick.apps.claims.actions.appeals import decide_appeal, file_appeal
from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.actions.queueing import take_next
from bailiwick.apps.claims.actions.requests import answer_request, ask_information
from bailiwick.apps.claims.choices import ClockKind, Mover, Pend, Stage
from bailiwick.apps.claims.errors import AppealLate, AppealOpen, AppealsExhausted, NotAppealable
from bailiwick.apps.claims.manifest import APPEAL_QUEUE
from bailiwick.apps.claims.models import Adjudication, Appeal, Claim, Clock, ClockRule
from bailiwick.apps.claims.queries.appeals import find_standing, list_all_appeals
from bailiwick.apps.claims.queries.work import list_signed
from bailiwick.apps.claims.tests.factories import new_coverage, new_patient, new_provider, new_rules, new_stored_claim
from bailiwick.apps.claims.tests.reviewing import decide, new_reviewed
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.errors import AlreadyInvolved, LeaseLost
from bailiwick.kernel.worklist.models import WorkItem

As = Callable[..., Actor]


@pytest.fixture(autouse=True)
def _in_scope(scope: Any, organization: Any) -> Any:
    with scope(organization):
        yield


@pytest.fixture
def acting(organization: Any) -> As:
    return lambda *roles: actor_for(new_member(organization, *roles))


@pytest.fixture
def patient(acting: As) -> Actor:
    return acting("patient")


@pytest.fixture
def examiner(acting: As) -> Actor:
    return acting("claims-examiner")


def denied(patient: Actor, **values: Any) -> Claim:
    claim = new_stored_claim(patient=_covered(patient), **values)
    move_claims(
        [claim], Stage.DENIED, mover=Mover.MANAGER, reason="Not covered.", rejection_reason="No.", decided_at=now()
    )
    return claim


def approved(patient: Actor, **values: Any) -> Claim:
    claim = new_stored_claim(patient=_covered(patient), **values)
    approve_claims(actor=patient.ref, claims=[claim], mover=Mover.MANAGER)
    claim.refresh_from_db()
    return claim


def _covered(patient: Actor) -> Any:
    made = new_patient(member_id=patient.member_id)
    new_coverage(made)
    return made


def add_rule(kind: ClockKind, days: int) -> None:
    ClockRule.objects.create(kind=kind, days=days, basis="29 CFR 2560.503-1", valid_from=date(2020, 1, 1))


def appeal_of(actor: Actor, claim: Claim, reason: str = "It was necessary.") -> Appeal:
    appeal = file_appeal(actor=actor, claim_id=claim.id, reason=reason)
    claim.refresh_from_db()
    return appeal


def settle(actor: Actor, appeal: Appeal, verdict: str, answer: str = "We looked again.") -> Appeal:
    held = take_next(actor=actor, queue_code=APPEAL_QUEUE.code)
    assert held is not None, "nothing is left for them"
    assert held.subject_id == appeal.id
    return decide_appeal(actor=actor, appeal_id=appeal.id, token=held.token, verdict=verdict, answer=answer)


def test_a_denied_claim_is_appealed_by_its_patient_and_waits_for_an_examiner(patient: Actor, examiner: Actor) -> None:
    add_rule(ClockKind.APPEAL_DECISION, 60)
    claim = denied(patient)
    appeal = appeal_of(patient, claim)
    assert (claim.stage, claim.status, appeal.level) == (Stage.APPEALED, "rejected", 1)
    clock = Clock.objects.get(kind=ClockKind.APPEAL_DECISION)
    assert (clock.subject_id, clock.due_at) == (appeal.id, appeal.filed_at + timedelta(days=60))
    assert take_next(actor=examiner, queue_code=APPEAL_QUEUE.code).subject_id == appeal.id
    assert list(list_all_appeals(patient)) == [appeal]


def test_a_provider_appeals_what_they_billed_and_a_manager_for_anybody(acting: As) -> None:
    provider = acting("provider")
    for actor in (provider, acting("claims-admin")):
        claim = denied(acting("patient"), provider=new_provider(member_id=provider.member_id))
        assert appeal_of(actor, claim).filed_by_id == actor.member_id


@pytest.mark.parametrize("role", ["claims-reader", "claims-finance", "claims-examiner", "patient", "provider"])
def test_nobody_else_appeals(acting: As, patient: Actor, role: str) -> None:
    claim = denied(patient)
    with pytest.raises((Forbidden, NotFound)), transaction.atomic():
        appeal_of(acting(role), claim)
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.UNDER_REVIEW, Stage.RETURNED, Stage.EXPIRED])
def test_what_is_not_decided_is_not_appealed(patient: Actor, stage: Stage) -> None:
    claim = new_stored_claim(stage=stage, patient=_covered(patient), decided_at=now())
    with pytest.raises(NotAppealable):
        appeal_of(patient, claim)


def test_an_overturned_denial_is_approved_with_the_decision_as_its_reason(patient: Actor, examiner: Actor) -> None:
    claim = denied(patient)
    settle(examiner, appeal_of(patient, claim), "overturned", "It was covered after all.")
    claim.refresh_from_db()
    assert (claim.stage, claim.paid, claim.rejection_reason) == (Stage.APPROVED, Decimal("150.00"), None)
    assert claim.approval_reason == "It was covered after all."
    moves = list(claim.changes.order_by("id").values_list("from_stage", "to_stage", "member_id"))
    assert moves[-2:] == [
        ("appealed", "accepted", examiner.member_id),
        ("accepted", "approved", examiner.member_id),
    ]


def test_an_overturned_denial_wins_over_the_rules_by_which_it_would_pend_again(
    acting: As, patient: Actor, examiner: Actor
) -> None:
    new_rules(acting("claims-admin").member_id, review_above="50.00")
    claim = denied(patient)
    settle(examiner, appeal_of(patient, claim), "overturned")
    claim.refresh_from_db()
    assert claim.stage == Stage.APPROVED
    assert set(claim.settled) == set(Pend.values) - {Pend.AMOUNT}


@pytest.mark.parametrize("given", [denied, approved])
def test_a_high_amount_is_decided_by_two_people_also_after_an_appeal(
    acting: As, patient: Actor, examiner: Actor, given: Any
) -> None:
    claim = given(patient)
    new_rules(acting("claims-admin").member_id, second_person_above="100.00", review_above="50.00")
    settle(examiner, appeal_of(patient, claim), "overturned")
    now_standing = Claim.objects.get(number=claim.number, is_live=True)
    assert (now_standing.stage, now_standing.pend) == (Stage.UNDER_REVIEW, Pend.AMOUNT)


def test_an_upheld_denial_is_one_again_and_keeps_its_reason(patient: Actor, examiner: Actor) -> None:
    claim = denied(patient)
    appeal = settle(examiner, appeal_of(patient, claim), "upheld")
    claim.refresh_from_db()
    assert (claim.stage, claim.rejection_reason) == (Stage.DENIED, "No.")
    assert (appeal.verdict, appeal.decided_by_id) == ("upheld", examiner.member_id)


def test_an_appealed_approval_stays_until_it_is_overturned_by_a_new_version(patient: Actor, examiner: Actor) -> None:
    claim = approved(patient)
    appeal = appeal_of(patient, claim, "You should have paid more.")
    assert claim.stage == Stage.APPROVED
    settle(examiner, appeal, "overturned")
    claim.refresh_from_db()
    successor = Claim.objects.get(replaces=claim)
    assert (claim.stage, claim.is_live) == (Stage.ADJUSTED, False)
    assert (successor.stage, successor.version) == (Stage.APPROVED, 2)
    assert Adjudication.objects.get(claim=successor).difference == 0


def test_the_next_level_opens_after_the_last_was_upheld_and_there_are_three(acting: As, patient: Actor) -> None:
    claim = denied(patient)
    for level in (1, 2, 3):
        appeal = appeal_of(patient, claim)
        assert appeal.level == level
        with pytest.raises(AppealOpen), transaction.atomic():
            appeal_of(patient, claim)
        settle(acting("claims-examiner"), appeal, "upheld")
        claim.refresh_from_db()
    with pytest.raises(AppealsExhausted), transaction.atomic():
        appeal_of(patient, claim)
    assert find_standing(claim).is_over


def test_who_decided_one_level_does_not_decide_the_next(acting: As, patient: Actor, examiner: Actor) -> None:
    claim = denied(patient)
    settle(examiner, appeal_of(patient, claim), "upheld")
    second = appeal_of(patient, claim)
    assert take_next(actor=examiner, queue_code=APPEAL_QUEUE.code) is None
    settle(acting("claims-examiner"), second, "overturned")


def test_who_denied_a_claim_does_not_decide_its_appeal(acting: As, patient: Actor) -> None:
    """29 CFR 2560.503-1(h)(3)(ii): by somebody who did not make the determination that is appealed."""
    admin = acting("claims-admin")
    claim = new_reviewed(patient=new_patient(member_id=patient.member_id))
    decide(admin, claim, "deny", "No.")
    appeal = appeal_of(patient, claim)
    assert take_next(actor=admin, queue_code=APPEAL_QUEUE.code) is None
    WorkItem.objects.filter(done_at=None).update(excluded=[])
    with pytest.raises(AlreadyInvolved), transaction.atomic():
        settle(admin, appeal, "upheld")
    settle(acting("claims-admin"), appeal, "overturned")
    assert [each.queue.code for each in list_signed(claim)] == ["claims.medical", "claims.appeals"]


def test_an_appeal_may_be_filed_for_180_days(patient: Actor) -> None:
    """29 CFR 2560.503-1(h)(3)(i): at least 180 days following receipt of a notification of an adverse decision."""
    add_rule(ClockKind.APPEAL_FILING, 180)
    claim = denied(patient)
    Claim.objects.filter(id=claim.id).update(decided_at=now() - timedelta(days=179, hours=23))
    claim.refresh_from_db()
    standing = find_standing(claim)
    assert standing.is_possible
    assert standing.until == claim.decided_at + timedelta(days=180)
    Claim.objects.filter(id=claim.id).update(decided_at=now() - timedelta(days=180, seconds=1))
    with pytest.raises(AppealLate) as refusal, transaction.atomic():
        appeal_of(patient, claim)
    assert refusal.value.status == 400
    assert refusal.value.data["until"] == (Claim.objects.get().decided_at + timedelta(days=180)).isoformat()


def test_the_time_for_the_next_level_counts_from_the_last_appeal(patient: Actor, examiner: Actor) -> None:
    add_rule(ClockKind.APPEAL_FILING, 180)
    claim = denied(patient)
    settle(examiner, appeal_of(patient, claim), "upheld")
    Claim.objects.update(decided_at=now() - timedelta(days=200))
    claim.refresh_from_db()
    assert find_standing(claim).is_possible
    Appeal.objects.update(decided_at=now() - timedelta(days=181))
    assert find_standing(claim).is_late


@pytest.mark.parametrize("reason", [" ", "x" * 5001], ids=["empty", "long"])
def test_an_appeal_says_why(patient: Actor, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        appeal_of(patient, denied(patient), reason)
    assert list(refusal.value.fields) == ["reason"]


@pytest.mark.parametrize(
    ("verdict", "answer", "field"), [("maybe", "Why.", "verdict"), ("upheld", " ", "answer")], ids=["word", "empty"]
)
def test_a_decision_says_what_and_why(patient: Actor, examiner: Actor, verdict: str, answer: str, field: str) -> None:
    appeal = appeal_of(patient, denied(patient))
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        settle(examiner, appeal, verdict, answer)
    assert list(refusal.value.fields) == [field]


def test_a_decision_needs_the_work_and_is_recognised_when_it_comes_again(patient: Actor, examiner: Actor) -> None:
    appeal = appeal_of(patient, denied(patient))
    given = {"appeal_id": appeal.id, "verdict": "upheld", "answer": "No."}
    with pytest.raises(LeaseLost), transaction.atomic():
        decide_appeal(actor=examiner, token="x", **given)
    token = take_next(actor=examiner, queue_code=APPEAL_QUEUE.code).token
    for _ in range(2):
        assert decide_appeal(actor=examiner, token=token, **given).verdict == "upheld"
    with pytest.raises(AlreadyDecided), transaction.atomic():
        decide_appeal(actor=examiner, token=token, **given | {"verdict": "overturned"})


def test_the_clock_of_an_appeal_stands_still_while_something_is_asked(acting: As, patient: Actor) -> None:
    """29 CFR 2560.503-1(i)(4): tolled from the request until the claimant responds."""
    add_rule(ClockKind.APPEAL_DECISION, 60)
    claim, admin = denied(patient), acting("claims-admin")
    appeal = appeal_of(patient, claim)
    request = ask_information(actor=admin, claim_id=claim.id, asked="The letter of your doctor.")
    assert take_next(actor=admin, queue_code=APPEAL_QUEUE.code) is None
    clock = Clock.objects.get()
    assert clock.paused_at is not None
    answer_request(actor=patient, request_id=request.id, answer="Here.")
    settle(admin, appeal, "upheld")
    clock.refresh_from_db()
    assert clock.met_at is not None
    assert clock.breached_at is None


def test_an_appeal_of_what_was_corrected_meanwhile_is_still_decided(patient: Actor, examiner: Actor) -> None:
    claim = approved(patient)
    appeal = appeal_of(patient, claim)
    move_claims([claim], Stage.ADJUSTED, mover=Mover.MANAGER, is_live=False)
    assert settle(examiner, appeal, "upheld", "It was corrected meanwhile.").verdict == "upheld"
