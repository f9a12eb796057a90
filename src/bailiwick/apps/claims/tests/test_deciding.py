"""Decisions on claims under review: by whom, how many, on which content, and what becomes of the claim."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.apps.claims.actions.deciding import decide_claim, skip_claim
from bailiwick.apps.claims.actions.queueing import take_next
from bailiwick.apps.claims.choices import Pend, Stage
from bailiwick.apps.claims.errors import Stale
from bailiwick.apps.claims.manifest import AMOUNT_QUEUE, APPEAL_QUEUE, MEDICAL_QUEUE
from bailiwick.apps.claims.models import Claim, ClaimLine, StatusChange
from bailiwick.apps.claims.queries.work import digest_of, list_signed
from bailiwick.apps.claims.tests.factories import new_rules
from bailiwick.apps.claims.tests.reviewing import decide, new_reviewed, take
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import AmountTooHigh
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.identity.errors import StepUpNeeded
from bailiwick.kernel.identity.models import SignInPolicy
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.errors import AlreadyInvolved, LeaseLost, TokenMissing
from bailiwick.kernel.worklist.models import WorkItem

Processor = Callable[..., Actor]


@pytest.fixture(autouse=True)
def _in_scope(scope: Any, organization: Any) -> Any:
    with scope(organization):
        yield


@pytest.fixture
def processor(organization: Any) -> Processor:
    return lambda: actor_for(new_member(organization, "claims-processor"))


def decide_as(actor: Actor, claim: Claim, **more: Any) -> Any:
    """By somebody who holds nothing, or with what is given."""
    given = {"queue_code": MEDICAL_QUEUE.code, "token": "x", "verdict": "approve", "reason": "Seen."}
    return decide_claim(actor=actor, claim_id=claim.id, **(given | more))


def test_an_approval_settles_the_reason_and_adjudicates(processor: Processor) -> None:
    claim, me = new_reviewed(), processor()
    decided = decide(me, claim, reason="Necessary.")
    assert (claim.stage, claim.settled, claim.approval_reason) == (Stage.APPROVED, [Pend.MEDICAL], "Necessary.")
    assert (claim.paid, claim.assigned_processor_id) == (Decimal("150.00"), me.member_id)
    decision = Decision.objects.get()
    assert decided.decision.id == decision.id
    assert (decision.verdict, decision.reason, decision.authenticated_by) == ("approve", "Necessary.", "session")
    assert Event.objects.get(verb="claims.claim.reviewed").data == {
        "verdict": "approve",
        "queue": "claims.medical",
        "round": 1,
    }


def test_a_denial_needs_a_reason_which_the_claim_then_shows(processor: Processor) -> None:
    claim, me = new_reviewed(), processor()
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        decide(me, claim, "deny", "  ")
    assert list(refusal.value.fields) == ["reason"]
    decide(me, claim, "deny", "Not covered.")
    assert (claim.stage, claim.rejection_reason) == (Stage.DENIED, "Not covered.")
    assert claim.decided_at is not None
    assert StatusChange.objects.get(claim=claim, to_stage="denied").member_id == me.member_id


@pytest.mark.parametrize(("field", "value"), [("verdict", "maybe"), ("reason", "x" * 2001)])
def test_what_makes_no_decision_is_said_beside_its_field(processor: Processor, field: str, value: str) -> None:
    claim, me = new_reviewed(), processor()
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        decide(me, claim, **{field: value})
    assert list(refusal.value.fields) == [field]
    assert not Decision.objects.exists()


def test_what_adjudication_pends_for_another_reason_goes_to_its_queue(organization: Any, processor: Processor) -> None:
    me, other = processor(), processor()
    new_rules(me.member_id, second_person_above="100.00")
    claim = new_reviewed()
    decide(me, claim)
    assert (claim.stage, claim.pend, claim.settled) == (Stage.UNDER_REVIEW, Pend.AMOUNT, [Pend.MEDICAL])
    assert decide(me, claim).claim.stage == Stage.UNDER_REVIEW
    assert decide(other, claim).claim.stage == Stage.APPROVED
    assert claim.settled == [Pend.AMOUNT, Pend.MEDICAL]


def test_a_high_amount_is_approved_by_two_people(processor: Processor) -> None:
    first, second = processor(), processor()
    claim = new_reviewed(Pend.AMOUNT)
    assert decide(first, claim).claim.stage == Stage.UNDER_REVIEW
    assert take_next(actor=first, queue_code=AMOUNT_QUEUE.code) is None
    assert decide(second, claim).claim.stage == Stage.APPROVED
    assert [(each.decision.member_id, each.decision.round) for each in list_signed(claim)] == [
        (first.member_id, 1),
        (second.member_id, 2),
    ]


def test_the_second_person_denies_a_high_amount_alone(processor: Processor) -> None:
    claim = new_reviewed(Pend.AMOUNT)
    decide(processor(), claim)
    decide(processor(), claim, "deny", "Too much.")
    assert claim.stage == Stage.DENIED
    assert not WorkItem.objects.filter(done_at=None).exists()


def test_whoever_gets_a_second_item_of_what_they_approved_is_refused(processor: Processor) -> None:
    me = processor()
    claim = new_reviewed(Pend.AMOUNT)
    decide(me, claim)
    WorkItem.objects.filter(done_at=None).update(excluded=[])
    with pytest.raises(AlreadyInvolved), transaction.atomic():
        decide(me, claim)


def test_a_first_approval_of_what_has_changed_since_does_not_count(processor: Processor) -> None:
    claim = new_reviewed(Pend.AMOUNT)
    decide(processor(), claim)
    ClaimLine.objects.filter(claim=claim).update(text="now with a text")
    assert decide(processor(), claim).claim.stage == Stage.UNDER_REVIEW
    assert [each.is_of_present for each in list_signed(claim)] == [False, True]
    assert decide(processor(), claim).claim.stage == Stage.APPROVED


def test_an_approval_needs_a_grant_that_is_good_for_the_amount(organization: Any) -> None:
    small = new_member(organization, "claims-processor")
    Grant.objects.filter(member_id=small.id).update(amount=100, currency="USD")
    claim = new_reviewed()
    with pytest.raises(AmountTooHigh), transaction.atomic():
        decide(actor_for(small), claim)
    decide(actor_for(small), claim, "deny", "No.")
    assert claim.stage == Stage.DENIED


def test_a_high_amount_needs_a_fresh_sign_in(processor: Processor) -> None:
    SignInPolicy.objects.create(step_up=300)
    claim, medical = new_reviewed(Pend.AMOUNT), new_reviewed()
    stale = replace(processor(), authenticated_at=now() - timedelta(hours=1))
    with pytest.raises(StepUpNeeded), transaction.atomic():
        decide(stale, claim)
    decide(stale, medical)
    decide(replace(processor(), authenticated_at=now()), claim)
    assert Decision.objects.count() == 2


def test_a_decision_needs_the_token_of_the_present_claim(processor: Processor) -> None:
    claim, me, other = new_reviewed(), processor(), processor()
    held = take(me, claim)
    for refused, given in [
        (TokenMissing, {"token": ""}),
        (LeaseLost, {"token": "x"}),
        (NotFound, {"token": held.token, "queue_code": APPEAL_QUEUE.code}),
        (NotFound, {"token": held.token, "queue_code": AMOUNT_QUEUE.code}),
    ]:
        with pytest.raises(refused), transaction.atomic():
            decide_as(me, claim, **given)
    with pytest.raises(LeaseLost), transaction.atomic():
        decide_as(other, claim, token=held.token)


def test_the_same_answer_again_is_recognised_and_another_refused(processor: Processor) -> None:
    claim, me = new_reviewed(), processor()
    token = take(me, claim).token
    first = decide_as(me, claim, token=token)
    again = decide_as(me, claim, token=token)
    assert (again.is_repeat, again.decision.id) == (True, first.decision.id)
    with pytest.raises(AlreadyDecided), transaction.atomic():
        decide_as(me, claim, token=token, verdict="deny", reason="No.")


def test_who_decides_on_an_edition_that_is_not_the_present_one_is_told(processor: Processor) -> None:
    claim, me = new_reviewed(), processor()
    claim.refresh_from_db()
    token = take(me, claim).token
    with pytest.raises(Stale) as told, transaction.atomic():
        decide_as(me, claim, token=token, edition=claim.edition - 1)
    assert told.value.data["edition"] == claim.edition
    assert told.value.data["changed"][0]["fields"]
    assert decide_as(me, claim, token=token, edition=claim.edition).claim.stage == Stage.APPROVED


def test_a_decision_is_bound_to_what_it_was_about(processor: Processor) -> None:
    claim = new_reviewed()
    before = digest_of(claim)
    decide(processor(), claim, "deny", "No.")
    assert bytes(Decision.objects.get().content_digest) == before == digest_of(claim)
    assert list_signed(claim)[0].is_of_present
    claim.amount += 1
    assert digest_of(claim) != before


def test_what_one_skips_goes_to_somebody_else(processor: Processor) -> None:
    claim, me, other = new_reviewed(), processor(), processor()
    held = take(me, claim)
    given = {"claim_id": claim.id, "queue_code": MEDICAL_QUEUE.code, "token": held.token}
    skip_claim(actor=me, reason="I know the patient.", **given)
    assert take_next(actor=me, queue_code=MEDICAL_QUEUE.code) is None
    assert decide(other, claim).claim.stage == Stage.APPROVED
