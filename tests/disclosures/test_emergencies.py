"""Breaking the glass: one record, one hour, a reason, and a second person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils.timezone import now

from bailiwick.apps.predictions.manifest import AUDIT, KIND
from bailiwick.apps.predictions.queries.predictions import get_prediction
from bailiwick.kernel.access.actions.deputies import name_deputy
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.access.models import Grant, Role
from bailiwick.kernel.access.queries import explain
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.disclosures.actions import break_glass, change_sensitivity, decide_emergency
from bailiwick.kernel.disclosures.errors import NothingToBreak, OnlyPeople, RoleMissing
from bailiwick.kernel.disclosures.manifest import EMERGENCY_QUEUE
from bailiwick.kernel.disclosures.models import Emergency
from bailiwick.kernel.disclosures.queries.emergencies import get_opened
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.actions import claim_next
from bailiwick.kernel.worklist.errors import LeaseLost
from bailiwick.kernel.worklist.models import WorkItem
from tests.disclosures.houses import REASON, House


def decided(house: House, verdict: str) -> Decision:
    """By the officer, who has claimed it."""
    officer = actor_for(house.officer)
    with enter(house.organization.id, member_id=officer.member_id):
        claim = claim_next(actor=officer, queue_code=EMERGENCY_QUEUE.code)
        assert claim
        return decide_emergency(
            actor=officer, emergency_id=claim.subject_id, token=claim.token, verdict=verdict, note="I asked the seller."
        )


def test_one_record_is_open_for_an_hour_and_no_other(house: House) -> None:
    address = f"/predictions/{house.prediction.id}/"
    assert with_session(house.helper).get(address).status_code == 404
    emergency = house.break_glass()
    assert timedelta(minutes=59) < emergency.lasts_until - now() <= timedelta(minutes=60)
    assert with_session(house.helper).get(address).status_code == 200
    helper = actor_for(house.helper)
    assert AUDIT not in helper.rights
    with enter(house.organization.id):
        Grant.objects.filter(id=emergency.grant_id).update(
            valid_from=now() - timedelta(hours=2), valid_until=now() - timedelta(hours=1)
        )
    assert with_session(house.helper).get(address).status_code == 404


def test_what_is_read_in_it_is_read_in_an_emergency(house: House) -> None:
    emergency = house.break_glass()
    assert with_session(house.helper).get(f"/predictions/{house.prediction.id}/").status_code == 200
    assert with_session(house.helper).get("/rejection-reasons/").status_code == 200
    assert {(each.purpose, each.member_id) for each in house.reads()} == {("emergency", house.helper.id)}
    with enter(house.organization.id):
        opened = get_opened(actor_for(house.officer), emergency.id)
    assert len(opened.reads) == 2


def test_it_is_told_with_its_reason_and_a_second_person_is_asked(house: House) -> None:
    emergency = house.break_glass()
    with enter(house.organization.id):
        event = Event.objects.get(verb="disclosures.glass.broken")
        assert (event.subject_id, event.data["reason"]) == (emergency.id, REASON)
        item = WorkItem.objects.get(queue=EMERGENCY_QUEUE.code)
        assert (item.subject_id, item.excluded) == (emergency.id, [house.helper.id])
        helper = actor_for(house.helper)
        said = explain(helper, helper.member_id, AUDIT, house.prediction)
    assert said.is_allowed
    assert (said.chains[0].own.giver, said.chains[0].own.grant.reason) == (None, REASON)


def test_whoever_broke_the_glass_is_no_second_person(house: House) -> None:
    both = new_member(house.organization, "emergency", "privacy-officer")
    house.break_glass(both)
    actor = actor_for(both)
    with enter(house.organization.id, member_id=actor.member_id):
        assert claim_next(actor=actor, queue_code=EMERGENCY_QUEUE.code) is None


def test_asking_again_while_it_lasts_is_the_same_emergency(house: House) -> None:
    first = house.break_glass()
    assert house.break_glass().id == first.id
    with enter(house.organization.id):
        assert Emergency.objects.count() == 1
        assert Event.objects.filter(verb="disclosures.glass.broken").count() == 1
        Grant.objects.filter(id=first.grant_id).update(revoked_at=now())
    assert house.break_glass().id != first.id


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_emergency(house: House) -> None:
    def one() -> Any:
        try:
            return house.break_glass().id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        first, second = (each.result() for each in [pool.submit(one), pool.submit(one)])
    assert first == second


@pytest.mark.parametrize("field", ["kind", "known_by", "reason"])
def test_what_is_missing_is_said(house: House, field: str) -> None:
    given = {"kind": KIND, "known_by": house.prediction.product_id, "reason": REASON}
    wrong = {"kind": "identity.member", "known_by": "unknown", "reason": "too short"}[field]
    actor = actor_for(house.helper)
    with enter(house.organization.id), pytest.raises(InvalidInput) as refused:
        break_glass(actor=actor, **(given | {field: wrong}))
    assert set(refused.value.fields) == {field}


def test_what_is_not_sensitive_is_not_opened(house: House) -> None:
    house.turn(is_sensitive=False)
    with pytest.raises(InvalidInput):
        house.break_glass()


def test_whoever_sees_it_anyway_breaks_nothing(house: House) -> None:
    both = new_member(house.organization, "emergency", "reader")
    with pytest.raises(NothingToBreak):
        house.break_glass(both)


def test_without_the_right_or_as_a_program_nobody_breaks_glass(house: House) -> None:
    with pytest.raises(Forbidden):
        house.break_glass(new_member(house.organization, "administrator"))
    with pytest.raises(OnlyPeople):
        house.break_glass(new_member(house.organization, "emergency", kind="program"))


def test_a_role_that_the_organisation_has_ended_opens_nothing(house: House) -> None:
    with enter(house.organization.id):
        Role.objects.filter(code="reader").update(ended_at=now())
    with pytest.raises(RoleMissing):
        house.break_glass()


def test_a_record_of_another_organisation_is_not_known(house: House, other_organization: Any) -> None:
    stranger = new_member(other_organization, "emergency")
    officer = actor_for(new_member(other_organization, "privacy-officer"))
    with enter(other_organization.id):
        change_sensitivity(actor=officer, kind=KIND, is_sensitive=True)
        for known_by in (house.prediction.product_id, str(house.prediction.id)):
            with pytest.raises(InvalidInput) as refused, transaction.atomic():
                break_glass(actor=actor_for(stranger), kind=KIND, known_by=known_by, reason=REASON)
            assert set(refused.value.fields) == {"known_by"}


def test_no_deputy_gets_what_was_opened(house: House) -> None:
    deputy = new_member(house.organization)
    house.break_glass()
    with enter(house.organization.id, member_id=house.helper.id):
        given = name_deputy(actor=actor_for(house.helper), member_id=deputy.id, valid_until=now() + timedelta(hours=1))
    assert [grant.role for grant in given] == ["emergency"]
    assert with_session(deputy).get(f"/predictions/{house.prediction.id}/").status_code == 404


def test_what_was_justified_stays_open(house: House) -> None:
    emergency = house.break_glass()
    decision = decided(house, "justified")
    helper = actor_for(house.helper)
    with enter(house.organization.id):
        assert get_prediction(helper, house.prediction.id)
        opened = get_opened(actor_for(house.officer), emergency.id)
        assert opened.is_lasting
        assert opened.decision == decision
        assert Event.objects.filter(verb="disclosures.emergency.justified", subject_id=emergency.id).exists()


def test_what_was_not_justified_is_shut_at_once(house: House) -> None:
    emergency = house.break_glass()
    decided(house, "unjustified")
    helper = actor_for(house.helper)
    with enter(house.organization.id):
        with pytest.raises(NotFound):
            get_prediction(helper, house.prediction.id)
        assert not get_opened(actor_for(house.officer), emergency.id).is_lasting
        event = Event.objects.get(verb="disclosures.emergency.unjustified")
        assert event.data["member"] == str(house.helper.id)


def test_a_decision_takes_the_claim_and_what_was_found(house: House) -> None:
    emergency = house.break_glass()
    officer = actor_for(house.officer)
    given = {"actor": officer, "emergency_id": emergency.id, "token": "made up", "verdict": "justified"}
    with enter(house.organization.id):
        with pytest.raises(LeaseLost):
            decide_emergency(**given, note="Nobody gave this to me.")
        with pytest.raises(InvalidInput) as refused:
            decide_emergency(**(given | {"verdict": "perhaps"}), note=" ")
    assert set(refused.value.fields) == {"verdict", "note"}


def test_emergencies_are_for_who_reviews_or_reads_the_report(house: House) -> None:
    emergency = house.break_glass()
    with enter(house.organization.id), pytest.raises(Forbidden):
        get_opened(actor_for(house.helper), emergency.id)
