"""Whoever is shown a patient or what happened to them has read it, for a purpose."""

from typing import Any

import pytest

from bailiwick.apps.claims.actions.requests import ask_information
from bailiwick.apps.claims.manifest import AS_OWN, CLAIM, PATIENT, TO_PAY, TO_PROCESS
from bailiwick.apps.claims.tests.factories import new_event, new_patient, new_stored_claim
from bailiwick.kernel.audit.models import Read

pytestmark = pytest.mark.django_db


def test_a_patient_that_is_shown_was_read_on_every_door(
    organization: Any, member: Any, scope: Any, session_client: Any
) -> None:
    with scope(organization):
        patient = new_patient(number="MRN-1")
        event = new_event(patient)
    client = session_client(member(organization, "claims-admin"))
    doors = [
        "/claims/patients/",
        f"/claims/patients/{patient.id}/",
        "/claims/new/",
        "/claims/events/",
        f"/claims/events/{event.id}/",
        "/api/patients/",
        f"/api/patients/{patient.id}/",
        "/api/patient-status/",
        f"/api/patient-status/{event.id}/",
        f"/api/patient-status/history/{patient.id}/",
    ]
    for number, door in enumerate(doors, start=1):
        assert client.get(door).status_code == 200, door
        with scope(organization):
            rows = Read.objects.filter(kind=PATIENT)
            assert rows.count() == number, door
            assert set(rows.values_list("purpose", flat=True)) == {TO_PROCESS}


@pytest.mark.parametrize(("role", "purpose"), [("claims-finance", TO_PAY), ("patient", AS_OWN)])
def test_the_purpose_follows_from_what_lets_somebody_see_it(
    organization: Any, member: Any, scope: Any, session_client: Any, role: str, purpose: str
) -> None:
    reader = member(organization, role)
    with scope(organization):
        patient = new_patient(member_id=reader.id)
    assert session_client(reader).get(f"/api/patients/{patient.id}/").status_code == 200
    with scope(organization):
        assert [each.purpose for each in Read.objects.filter(kind=PATIENT)] == [purpose]


def test_whoever_changes_a_patient_or_an_event_and_is_told_them_whole_has_read_them(
    organization: Any, member: Any, scope: Any, session_client: Any
) -> None:
    with scope(organization):
        patient = new_patient(number="MRN-1")
        event = new_event(patient)
    client = session_client(member(organization, "claims-admin"))
    doors = [f"/api/patients/{patient.id}/", f"/api/patient-status/{event.id}/"]
    for number, door in enumerate(doors, start=1):
        assert client.patch(door, {}, "application/json").status_code == 200, door
        with scope(organization):
            assert Read.objects.filter(kind=PATIENT, row_ids__contains=[patient.id]).count() == number, door


def test_whoever_answers_or_withdraws_a_request_has_read_the_claim(
    organization: Any, member: Any, scope: Any, session_client: Any, actor_of: Any
) -> None:
    admin = member(organization, "claims-admin")
    with scope(organization):
        claim = new_stored_claim()
        asked = [
            ask_information(actor=actor_of(admin), claim_id=claim.id, asked=text).id for text in ("Which?", "When?")
        ]
    client = session_client(admin)
    doors = [(asked[0], "answer", {"answer": "This."}), (asked[1], "withdraw", {})]
    for number, (key, deed, body) in enumerate(doors, start=1):
        answer = client.post(f"/api/claims/{claim.id}/requests/{key}/{deed}", body, "application/json")
        assert answer.status_code == 200, answer.content
        with scope(organization):
            assert Read.objects.filter(kind=CLAIM, row_ids__contains=[claim.id]).count() == number, deed
