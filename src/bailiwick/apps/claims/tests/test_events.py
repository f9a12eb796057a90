"""What patient events do to claims, and that each does it once."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from structlog.testing import capture_logs

from bailiwick.apps.claims import tasks
from bailiwick.apps.claims.actions.events import apply_event, applying, cancel_event, send_again
from bailiwick.apps.claims.choices import EventState, Stage
from bailiwick.apps.claims.errors import NotStuck
from bailiwick.apps.claims.models import Claim, PatientEvent, StatusChange
from bailiwick.apps.claims.queries.events import list_waiting
from bailiwick.apps.claims.tests.factories import new_patient, new_stored_claim
from bailiwick.apps.claims.tests.happenings import A, C, D, T, moves_of, read, report, standing, work_off
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.jobs.actions import cancel_job
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def actor(organization: Any) -> Actor:
    return actor_for(new_member(organization, "claims-admin"))


@pytest.fixture
def ward(actor: Actor, scope: Any, organization: Any) -> Any:
    """A patient with a claim in each of some stages: `ward("accepted", …)`."""

    def make(*stages: str) -> tuple[Any, ...]:
        with enter(actor.organization_id, member_id=actor.member_id):
            patient = new_patient()
            claims = [
                new_stored_claim(patient=patient, stage=Stage(stage), pend="medical" if stage == "under_review" else "")
                for stage in stages
            ]
            return patient, *claims

    return make


EVERY = [stage.value for stage in Stage if stage not in (Stage.DRAFT, Stage.ADJUSTED, Stage.REPLACED, Stage.VOIDED)]


@pytest.mark.parametrize("kind", [A, T])
def test_admission_and_treatment_put_what_was_accepted_under_review_and_nothing_else(
    actor: Actor, ward: Any, kind: Any
) -> None:
    patient, *claims = ward(*EVERY)
    event = report(actor, kind, patient, details={"treatment_type": "surgery"})
    work_off(actor)
    expected = [f"{stage}:medical" if stage == "under_review" else stage for stage in EVERY]
    expected[EVERY.index("accepted")] = "under_review:event"
    assert standing(actor, *claims) == expected
    assert moves_of(actor, event.id) == [("accepted", "under_review")]
    event = read(actor, event)
    assert (event.state, event.moved, event.outcome) == ("applied", 1, "under_review=1")
    with enter(actor.organization_id):
        assert WorkItem.objects.filter(done_at=None, subject_id=claims[0].id).count() == 1


def test_discharge_approves_what_is_open_with_the_published_reason(actor: Actor, ward: Any) -> None:
    patient, *claims = ward(*EVERY)
    report(actor, D, patient)
    work_off(actor)
    expected = ["approved" if stage in ("accepted", "under_review") else stage for stage in EVERY]
    assert standing(actor, *claims) == expected
    with enter(actor.organization_id):
        for claim in Claim.objects.all():
            is_approved_here = claim.paid == claim.amount == Decimal("150.00")
            assert is_approved_here == (claim.approval_reason == "Auto-finalize")
            assert is_approved_here == (EVERY[claims.index(claim)] in ("accepted", "under_review"))


def test_what_came_after_the_event_was_received_is_not_touched(actor: Actor, ward: Any) -> None:
    patient, early = ward("accepted")
    report(actor, A, patient)
    with enter(actor.organization_id):
        late = new_stored_claim(patient=patient)
    work_off(actor)
    assert standing(actor, early, late) == ["under_review:event", "accepted"]


def test_other_patients_and_other_organisations_are_not_touched(
    actor: Actor, ward: Any, other_organization: Any
) -> None:
    patient, mine = ward("accepted")
    _other, other = ward("accepted")
    with enter(other_organization.id):
        foreign = new_stored_claim()
    report(actor, D, patient)
    work_off(actor)
    assert standing(actor, mine, other) == ["approved", "accepted"]
    with enter(other_organization.id):
        assert Claim.objects.get(id=foreign.id).stage == "accepted"


def test_the_log_says_how_many_claims_moved_where_and_whose(actor: Actor, ward: Any) -> None:
    patient, *_claims = ward("accepted", "accepted", "approved")
    nobody, _paid = ward("paid")
    report(actor, A, patient)
    report(actor, A, nobody)
    with capture_logs() as logs:
        work_off(actor)
    told = {(log["event"], log["patient"]) for log in logs if "claims" in log["event"]}
    assert told == {("2 claims UNDER_REVIEW", str(patient.id)), ("0 claims UNDER_REVIEW", str(nobody.id))}
    with capture_logs() as logs:
        report(actor, D, patient, 1)
        work_off(actor)
    assert [log["event"] for log in logs if "claims" in log["event"]] == ["2 claims APPROVED"]


def test_an_event_that_is_delivered_again_has_no_second_effect(actor: Actor, ward: Any) -> None:
    patient, claim = ward("accepted")
    event = report(actor, A, patient)
    work_off(actor)
    with enter(actor.organization_id):
        Claim.objects.filter(id=claim.id).update(stage="accepted", status="submitted", pend="")
        assert apply_event(actor=actor.ref, event_id=event.id) == []
        Job.objects.filter(id=read(actor, event).job_id).update(state="waiting", finished_at=None)
    work_off(actor)
    assert standing(actor, claim) == ["accepted"]
    assert len(moves_of(actor, event.id)) == 1


def test_an_admission_that_arrives_after_the_later_discharge_changes_nothing(actor: Actor, ward: Any) -> None:
    patient, claim = ward("accepted")
    report(actor, D, patient, 5)
    work_off(actor)
    with enter(actor.organization_id):
        between = new_stored_claim(patient=patient)
    late = report(actor, A, patient, 1)
    work_off(actor)
    assert standing(actor, claim, between) == ["approved", "accepted"]
    assert (read(actor, late).state, read(actor, late).moved) == ("applied", 0)


def test_events_taken_together_are_applied_in_order_of_occurrence(actor: Actor, ward: Any) -> None:
    patient, *claims = ward("accepted", "accepted")
    later, earlier = report(actor, A, patient, 5), report(actor, T, patient, 1)
    work_off(actor)
    assert standing(actor, *claims) == ["under_review:event"] * 2
    assert (len(moves_of(actor, earlier.id)), len(moves_of(actor, later.id))) == (2, 0)


@pytest.mark.parametrize("is_early", [True, False])
def test_a_cancelled_admission_has_no_effect_whenever_the_cancellation_comes(
    actor: Actor, ward: Any, is_early: bool
) -> None:
    patient, claim = ward("accepted")
    if is_early:
        cancel = report(actor, C, hour=2, cancels="A-1")
        work_off(actor)
        assert read(actor, cancel).state == "parked"
    event = report(actor, A, patient, 1, source_id="A-1")
    if not is_early:
        work_off(actor)
        assert standing(actor, claim) == ["under_review:event"]
        cancel = report(actor, C, hour=2, cancels="A-1")
    work_off(actor)
    with enter(actor.organization_id):
        tasks.match_all(actor)
    work_off(actor)
    assert standing(actor, claim) == ["accepted"]
    assert read(actor, event).state == "cancelled"
    assert (read(actor, cancel).state, read(actor, cancel).subject_id) == ("applied", event.id)


def test_a_review_that_another_event_holds_stays_until_that_is_cancelled_too(actor: Actor, ward: Any) -> None:
    patient, claim = ward("accepted")
    first, second = report(actor, A, patient, 1), report(actor, T, patient, 2)
    work_off(actor)
    with enter(actor.organization_id):
        cancel_event(actor=actor, event_id=first.id)
    work_off(actor)
    assert standing(actor, claim) == ["under_review:event"]
    with enter(actor.organization_id):
        cancel_event(actor=actor, event_id=second.id)
    work_off(actor)
    assert standing(actor, claim) == ["accepted"]


def test_a_cancelled_admission_leaves_a_review_that_people_asked_for(actor: Actor, ward: Any) -> None:
    patient, claim, asked = ward("accepted", "under_review")
    event = report(actor, A, patient)
    work_off(actor)
    report(actor, C, hour=2, subject_id=event.id)
    work_off(actor)
    assert standing(actor, claim, asked) == ["accepted", "under_review:medical"]


@pytest.mark.parametrize("is_admitted", [True, False])
def test_what_a_cancelled_discharge_approved_is_open_again_as_a_new_version(
    actor: Actor, ward: Any, is_admitted: bool
) -> None:
    patient, claim, asked = ward("accepted", "under_review")
    if is_admitted:
        report(actor, A, patient, 1)
    event = report(actor, D, patient, 2)
    work_off(actor)
    cancel = report(actor, C, hour=3, subject_id=event.id)
    work_off(actor)
    assert standing(actor, claim, asked) == [
        "under_review:event" if is_admitted else "accepted",
        "under_review:request",
    ]
    assert (read(actor, cancel).outcome, read(actor, cancel).moved) == ("replaced=2", 2)
    with enter(actor.organization_id):
        before, after = Claim.objects.filter(number=claim.number).order_by("version")
        assert (before.stage, before.is_live, after.is_live, after.version) == ("replaced", False, True, 2)
    report(actor, D, patient, 4)
    work_off(actor)
    assert standing(actor, claim, asked) == ["approved", "approved"]


def test_a_claim_that_another_discharge_approves_too_stays_approved(actor: Actor, ward: Any) -> None:
    patient, claim = ward("accepted")
    event = report(actor, D, patient, 2)
    report(actor, D, patient, 4)
    work_off(actor)
    report(actor, C, hour=5, subject_id=event.id)
    work_off(actor)
    assert standing(actor, claim) == ["approved"]


def test_what_is_paid_stays_when_its_discharge_is_cancelled(actor: Actor, ward: Any) -> None:
    patient, claim = ward("accepted")
    event = report(actor, D, patient)
    work_off(actor)
    with enter(actor.organization_id):
        Claim.objects.filter(id=claim.id).update(stage="paid", status="paid", edition=F("edition") + 1)
    cancel = report(actor, C, hour=2, subject_id=event.id)
    work_off(actor)
    assert standing(actor, claim) == ["paid"]
    assert (read(actor, cancel).outcome, read(actor, cancel).moved) == ("left=1", 0)


def test_a_neighbour_that_cannot_be_applied_holds_up_nobody(
    actor: Actor, ward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    wards = [ward("accepted") for _ in range(3)]
    events = [report(actor, A, patient) for patient, _claim in wards]
    poisoned, sound = wards[1][1].id, applying.move_claims

    def fail(claims: Any, *given: Any, **more: Any) -> None:
        assert poisoned not in {claim.id for claim in claims}, "a row that breaks"
        sound(claims, *given, **more)

    monkeypatch.setattr(applying, "move_claims", fail)
    work_off(actor)
    first, second, third = standing(actor, *(claim for _patient, claim in wards))
    assert (first, second, third) == ("under_review:event", "accepted", "under_review:event")
    stuck = read(actor, events[1])
    with enter(actor.organization_id, member_id=actor.member_id):
        stuck = PatientEvent.objects.select_related("job").get(id=stuck.id)
        assert (stuck.state, stuck.standing, stuck.job.attempt) == ("pending", EventState.DEAD, 5)
        with pytest.raises(NotStuck), transaction.atomic():
            send_again(actor=actor, event_id=events[0].id)
        monkeypatch.undo()
        send_again(actor=actor, event_id=stuck.id)
    work_off(actor)
    assert standing(actor, wards[1][1]) == ["under_review:event"]


def test_only_who_manages_claims_sends_again(actor: Actor, ward: Any, organization: Any) -> None:
    patient, claim = ward("accepted")
    event = report(actor, A, patient)
    with enter(actor.organization_id, member_id=actor.member_id):
        cancel_job(actor=actor, job_id=event.job_id)
    work_off(actor)
    assert standing(actor, claim) == ["accepted"]
    processor = actor_for(new_member(organization, "claims-processor"))
    with enter(actor.organization_id, member_id=processor.member_id):
        with pytest.raises(Forbidden):
            send_again(actor=processor, event_id=event.id)
        send_again(actor=actor, event_id=event.id)
    work_off(actor)
    assert standing(actor, claim) == ["under_review:event"]


def test_many_events_take_a_fixed_number_of_statements(
    actor: Actor, ward: Any, django_assert_max_num_queries: Any
) -> None:
    events = [report(actor, A, ward("accepted")[0]) for _ in range(30)]
    keys = [event.id for event in events]
    with enter(actor.organization_id), django_assert_max_num_queries(12):
        assert len(apply_event(actor=actor.ref, event_id=keys[0], together=list_waiting(keys))) == 30
    with enter(actor.organization_id):
        assert StatusChange.objects.exclude(event=None).count() == 30
        assert not PatientEvent.objects.filter(applied_at=None).exists()
