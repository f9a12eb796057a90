"""Parked events find their patient, and events follow a merge."""

from typing import Any

import pytest
from django.db import transaction

from bailiwick.apps.claims.actions.events import apply_event, match_all, match_patient, match_report
from bailiwick.apps.claims.actions.events.locking import PatientMoved
from bailiwick.apps.claims.models import Claim, Coverage, Patient, PatientEvent
from bailiwick.apps.claims.queries.events import list_waiting
from bailiwick.apps.claims.tasks import match_parked  # noqa: F401  named by its kind of job
from bailiwick.apps.claims.tests.factories import new_coverage, new_patient, new_stored_claim
from bailiwick.apps.claims.tests.happenings import A, C, D, at, read, report, standing, work_off
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.jobs.actions import schedule_job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db(transaction=True)
MERGE = "merge"


@pytest.fixture
def actor(organization: Any) -> Actor:
    return actor_for(new_member(organization, "claims-admin"))


def arrive(actor: Actor, number: str) -> tuple[Patient, Claim]:
    """A patient under a number, with a claim that was there before what is reported now."""
    with enter(actor.organization_id):
        patient = new_patient(number=number)
        return patient, new_stored_claim(patient=patient, submitted_at=at(-100))


def test_a_parked_event_is_applied_once_its_patient_gets_the_number(actor: Actor) -> None:
    event = report(actor, A, patient_reference="MRN-9")
    assert read(actor, event).state == "parked"
    patient, claim = arrive(actor, "MRN-9")
    with enter(actor.organization_id, member_id=actor.member_id):
        assert match_patient(actor=actor, patient=patient) == 1
        assert match_patient(actor=actor, patient=patient) == 0
    work_off(actor)
    assert standing(actor, claim) == ["under_review:event"]
    assert read(actor, event).patient == patient


def test_the_schedule_matches_what_was_missed_in_each_organisation_for_itself(
    actor: Actor, other_organization: Any
) -> None:
    event, unknown = report(actor, A, patient_reference="MRN-9"), report(actor, A, patient_reference="MRN-8")
    with enter(other_organization.id):
        new_patient(number="MRN-8")
    _patient, claim = arrive(actor, "MRN-9")
    with enter(actor.organization_id):
        schedule_job(registry().jobs["claims.match"], 0)
    work_off(actor)
    assert standing(actor, claim) == ["under_review:event"]
    assert (read(actor, event).state, read(actor, unknown).state) == ("applied", "parked")


def test_somebody_says_whom_a_parked_event_is_about(actor: Actor) -> None:
    event = report(actor, D, patient_reference="UNKNOWN")
    patient, claim = arrive(actor, "MRN-9")
    with enter(actor.organization_id, member_id=actor.member_id):
        match_report(actor=actor, event_id=event.id, patient_id=patient.id)
        with pytest.raises(NotFound), transaction.atomic():
            match_report(actor=actor, event_id=event.id, patient_id=patient.id)
    work_off(actor)
    assert standing(actor, claim) == ["approved"]


def test_a_parked_event_that_is_cancelled_is_not_applied_when_its_patient_comes(actor: Actor) -> None:
    event = report(actor, A, patient_reference="MRN-9")
    cancel = report(actor, C, subject_id=event.id)
    work_off(actor)
    assert (read(actor, event).state, read(actor, cancel).state) == ("cancelled", "applied")
    _patient, claim = arrive(actor, "MRN-9")
    with enter(actor.organization_id):
        assert match_all(actor) == 0
    assert standing(actor, claim) == ["accepted"]


def merge(actor: Actor, survivor: Patient, gone: Patient) -> PatientEvent:
    event = report(actor, MERGE, survivor, 1, merged_patient_id=gone.id)  # type: ignore[arg-type]
    work_off(actor)
    return event


def test_a_merge_takes_claims_covers_events_and_account_over(actor: Actor, organization: Any) -> None:
    survivor, mine = arrive(actor, "MRN-1")
    gone, theirs = arrive(actor, "MRN-2")
    account = new_member(organization, "patient")
    with enter(organization.id):
        Patient.objects.filter(id=gone.id).update(member=account)
        cover = new_coverage(gone)
    waiting = report(actor, A, gone)
    event = merge(actor, survivor, gone)
    assert (read(actor, event).outcome, read(actor, event).moved) == ("joined=1", 1)
    with enter(organization.id):
        assert {claim.patient_id for claim in Claim.objects.all()} == {survivor.id}
        assert Coverage.objects.get(id=cover.id).patient_id == survivor.id
        assert PatientEvent.objects.get(id=waiting.id).patient_id == survivor.id
        gone.refresh_from_db()
        survivor.refresh_from_db()
        assert (gone.merged_into, gone.member, survivor.member) == (survivor, None, account)
    report(actor, D, hour=3, patient_reference="MRN-2")
    work_off(actor)
    assert standing(actor, mine, theirs) == ["approved", "approved"]


def test_a_chain_of_merges_leads_to_the_last_and_a_circle_is_refused(actor: Actor) -> None:
    (first, _), (second, _), (third, claim) = (arrive(actor, f"MRN-{n}") for n in range(3))
    merge(actor, second, third)
    merge(actor, first, second)
    with enter(actor.organization_id):
        assert {row.merged_into for row in Patient.objects.exclude(merged_into=None)} == {first}
        claim.refresh_from_db()
        assert claim.patient == first
    with pytest.raises(InvalidInput):
        merge(actor, third, first)


def test_an_event_whose_patient_was_merged_in_the_same_moment_is_tried_again(actor: Actor) -> None:
    (patient, _claim), (other, claim) = arrive(actor, "MRN-1"), arrive(actor, "MRN-2")
    event = report(actor, A, patient)
    with enter(actor.organization_id):
        waiting = list_waiting([event.id])
        PatientEvent.objects.filter(id=event.id).update(patient=other)
        with pytest.raises(PatientMoved):
            apply_event(actor=actor.ref, event_id=event.id, together=waiting)
    work_off(actor)
    assert standing(actor, claim) == ["under_review:event"]
