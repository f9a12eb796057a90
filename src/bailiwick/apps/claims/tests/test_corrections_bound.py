"""What a correction does not get round: two people, the limit of a grant, deadlines; and that it never expires."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.apps.claims.actions.clocks import start_clocks
from bailiwick.apps.claims.actions.correcting import correct_claim
from bailiwick.apps.claims.actions.expiry import expire_chunk
from bailiwick.apps.claims.choices import Pend, Stage
from bailiwick.apps.claims.models import Claim, Clock, ClockRule
from bailiwick.apps.claims.tests.factories import ON, new_coverage, new_patient, new_rules, new_stored_claim
from bailiwick.apps.claims.tests.test_correcting import approved, as_given, inside, manager, pay, successor_of
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import AmountTooHigh
from bailiwick.kernel.access.models import Grant

__all__ = ["inside", "manager"]
pytestmark = pytest.mark.django_db


def test_what_was_settled_of_the_former_content_is_not_settled_of_new_content(manager: Actor) -> None:
    """Two people approved 150; who corrects it to 9,000 does not approve that alone."""
    new_rules(manager.member_id, second_person_above="100.00")
    patient = new_patient()
    new_coverage(patient)
    old = approved(manager, new_stored_claim(patient=patient, settled=[Pend.AMOUNT]))
    correct_claim(
        actor=manager, claim_id=old.id, kind=Stage.ADJUSTED, new=as_given(old, "9000.00"), reason="Wrong units"
    )
    new = successor_of(old)
    assert (new.stage, new.pend, new.settled) == (Stage.UNDER_REVIEW, Pend.AMOUNT, [])


def test_a_correction_takes_a_grant_that_is_good_for_its_amount(
    manager: Actor, organization: Any, member: Any, actor_of: Any
) -> None:
    claim = approved(manager, new_stored_claim())
    person = member(organization, "claims-admin")
    Grant.objects.filter(member_id=person.id).update(amount=200, currency="USD")
    small = actor_of(person)
    with pytest.raises(AmountTooHigh), transaction.atomic():
        correct_claim(
            actor=small, claim_id=claim.id, kind=Stage.ADJUSTED, new=as_given(claim, "201.00"), reason="Wrong"
        )
    assert correct_claim(
        actor=small, claim_id=claim.id, kind=Stage.ADJUSTED, new=as_given(claim, "200.00"), reason="Wrong"
    )


def clock_of(claim: Claim) -> Clock:
    return Clock.objects.get(subject_id=claim.id)


@pytest.mark.parametrize(
    ("kind", "is_new", "days"),
    [(Stage.ADJUSTED, False, 40), (Stage.ADJUSTED, True, 40), (Stage.REPLACED, False, 40), (Stage.REPLACED, True, 130)],
)
def test_a_correction_is_due_when_its_former_version_was_unless_it_was_sent_anew(
    manager: Actor, kind: Stage, is_new: bool, days: int
) -> None:
    """30 days from receipt, and the 10 for which we waited for an answer: what is sent anew is received anew."""
    ClockRule.objects.create(kind="payment", days=30, basis="42 CFR 422.520(a)", valid_from=ON - timedelta(days=3650))
    came = now() - timedelta(days=100)
    claim = approved(manager, new_stored_claim(submitted_at=came))
    start_clocks([claim])
    Clock.objects.update(due_at=came + timedelta(days=40), paused_seconds=10 * 86_400)
    new = as_given(claim, "160.00") if is_new else None
    correct_claim(actor=manager, claim_id=claim.id, kind=kind, new=new, reason="Wrong")
    due = clock_of(successor_of(claim)).due_at
    assert abs(due - (came + timedelta(days=days))) < timedelta(minutes=1)


def test_a_correction_does_not_expire(manager: Actor) -> None:
    old = approved(manager, new_stored_claim())
    pay(manager, old)
    new_rules(manager.member_id)
    correct_claim(actor=manager, claim_id=old.id, kind=Stage.REPLACED, reason="Judged anew")
    assert successor_of(old).stage == Stage.UNDER_REVIEW
    Claim.objects.update(moved_at=now() - timedelta(days=31))
    assert not expire_chunk()
