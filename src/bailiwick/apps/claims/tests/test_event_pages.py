"""The pages of patient events."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.apps.claims.actions.events import cancel_event
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.tests.factories import new_patient, new_stored_claim
from bailiwick.apps.claims.tests.happenings import A, C, D, read, report, standing, work_off
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.actions import cancel_job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/claims/events/"


@pytest.fixture
def admin(organization: Any) -> Member:
    return new_member(organization, "claims-admin")


@pytest.fixture
def actor(admin: Member) -> Actor:
    return actor_for(admin)


@pytest.fixture
def client(admin: Member) -> Client:
    return with_session(admin)


@pytest.fixture
def claim(organization: Any) -> Claim:
    with enter(organization.id):
        return new_stored_claim(patient=new_patient(number="MRN-1", last_name="Lovelace"))


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()[:500]
    return str(answer.content.decode())


def test_the_list_shows_where_each_event_stands(client: Client, actor: Actor, claim: Claim) -> None:
    assert "No events yet" in text(client.get(LIST))
    report(actor, A, claim.patient, facility_name="St Mary")
    work_off(actor)
    report(actor, D, facility_name="Charité", patient_reference="MRN-7")
    stuck = report(actor, A, claim.patient, facility_name="Guy's")
    with enter(actor.organization_id, member_id=actor.member_id):
        cancel_job(actor=actor, job_id=stuck.job_id)
    page = text(client.get(LIST))
    assert all(word in page for word in ("St Mary", "Ada Lovelace", "Applied", "Patient unknown", "MRN-7", "Failed"))
    found = {state: text(client.get(f"{LIST}?state={state}")) for state in ("pending", "parked", "dead", "applied")}
    assert [state for state, shown in found.items() if "Guy" in shown] == ["dead"]
    assert [state for state, shown in found.items() if "Charit" in shown] == ["parked"]
    assert "St Mary" in text(client.get(f"{LIST}?facility=mary&from_date=2020-01-01&status_type=admission"))
    assert "St Mary" not in text(client.get(f"{LIST}?to_date=2020-01-01"))


def test_failed_events_are_sent_again_from_the_list(client: Client, actor: Actor, claim: Claim) -> None:
    event = report(actor, A, claim.patient)
    with enter(actor.organization_id, member_id=actor.member_id):
        cancel_job(actor=actor, job_id=event.job_id)
    assert "Send again" in text(client.get(f"{LIST}{event.id}/"))
    answer = client.post(LIST, {"do": "bulk:again", "keys": [str(event.id)], "row": [str(event.id)], "all": "1"})
    assert answer.status_code == 302
    work_off(actor)
    assert standing(actor, claim) == ["under_review:event"]


def test_one_that_failed_is_sent_again_from_its_page(client: Client, actor: Actor, claim: Claim) -> None:
    event = report(actor, A, claim.patient)
    path = f"{LIST}{event.id}/send/"
    assert client.post(path).status_code == 409
    with enter(actor.organization_id, member_id=actor.member_id):
        cancel_job(actor=actor, job_id=event.job_id)
    assert client.post(path).status_code == 302
    work_off(actor)
    assert standing(actor, claim) == ["under_review:event"]


def test_an_event_shows_what_it_changed_and_is_taken_back(client: Client, actor: Actor, claim: Claim) -> None:
    event = report(actor, A, claim.patient, details={"ward": "Seven"})
    work_off(actor)
    page = text(client.get(f"{LIST}{event.id}/"))
    assert all(word in page for word in (claim.number, "1 claim came to: Under review.", "Seven", "It did not happen"))
    assert client.post(f"{LIST}{event.id}/cancel/").status_code == 302
    work_off(actor)
    assert standing(actor, claim) == ["accepted"]
    page = text(client.get(f"{LIST}{event.id}/"))
    assert "Cancelled" in page
    assert "It did not happen" not in page


def test_a_parked_event_is_matched_by_the_patient_s_number(client: Client, actor: Actor, claim: Claim) -> None:
    event = report(actor, A, patient_reference="MRN-?")
    path = f"{LIST}{event.id}/match/"
    assert "Nobody has the number MRN-?" in text(client.get(f"{LIST}{event.id}/"))
    assert client.get(path).status_code == 405
    refused = client.post(path, {"number": "nobody's"})
    assert refused.status_code == 422
    assert "No patient has this number." in refused.content.decode()
    assert client.post(path, {"number": "MRN-1"}).status_code == 302
    work_off(actor)
    assert standing(actor, claim) == ["under_review:event"]


def test_a_cancellation_says_what_it_waits_for_or_what_it_left(client: Client, actor: Actor, claim: Claim) -> None:
    early = report(actor, C, cancels="E-77")
    work_off(actor)
    assert "E-77" in text(client.get(f"{LIST}{early.id}/"))
    event = report(actor, D, claim.patient)
    work_off(actor)
    with enter(actor.organization_id, member_id=actor.member_id):
        Claim.objects.filter(id=claim.id).update(stage="paid", status="paid")
        cancel = cancel_event(actor=actor, event_id=event.id)
    work_off(actor)
    assert read(actor, cancel).subject_id == event.id
    assert "1 claim stays: it is paid or about to be." in text(client.get(f"{LIST}{cancel.id}/"))


def test_who_sees_no_claims_sees_no_events(organization: Any, actor: Actor, claim: Claim) -> None:
    event = report(actor, A, claim.patient)
    finance = with_session(new_member(organization, "claims-finance"))
    assert (finance.get(LIST).status_code, finance.get(f"{LIST}{event.id}/").status_code) == (403, 403)
    processor = with_session(new_member(organization, "claims-processor"))
    assert processor.get(f"{LIST}{event.id}/").status_code == 404
    assert processor.post(f"{LIST}{event.id}/send/").status_code == 403
