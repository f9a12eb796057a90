"""The pages of patients and providers."""

from typing import Any

import pytest

from bailiwick.apps.claims.tests.factories import (
    new_coverage,
    new_event,
    new_patient,
    new_plan,
    new_provider,
    new_stored_claim,
)
from bailiwick.kernel.testing.clients import with_session

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_patient_is_found_by_name_or_number_and_shows_covers_claims_and_events(
    organization: Any, member: Any, scope: Any
) -> None:
    with scope(organization):
        patient = new_patient(number="P-7", first_name="Grace", last_name="Hopper")
        new_patient(first_name="Ada", last_name="Byron")
        new_coverage(patient, new_plan(name="Gold plan"))
        claim = new_stored_claim(patient=patient)
        new_event(patient, facility_name="Seeland Clinic")
    client = with_session(member(organization, "claims-admin"))
    for query in ("P-7", "hopp", "GRACE"):
        shown = text_of(client.get(f"/claims/patients/?q={query}"))
        assert "Grace Hopper" in shown
        assert "Ada Byron" not in shown
    shown = text_of(client.get(f"/claims/patients/{patient.id}/"))
    for expected in ("Gold plan", claim.number, "Seeland Clinic", f"/claims/new/?patient={patient.id}"):
        assert expected in shown
    assert "P-7 · Grace Hopper" in text_of(client.get(f"/claims/new/?patient={patient.id}"))


def test_a_provider_shows_their_claims_and_whether_they_are_paid(organization: Any, member: Any, scope: Any) -> None:
    with scope(organization):
        provider = new_provider(name="Seeland Clinic", npi="1234567893", is_excluded=True)
        claim = new_stored_claim(provider=provider)
    client = with_session(member(organization, "claims-admin"))
    assert "Excluded from payment" in text_of(client.get("/claims/providers/?q=seeland"))
    assert claim.number in text_of(client.get(f"/claims/providers/{provider.id}/"))


def test_patients_and_providers_see_themselves_alone(organization: Any, member: Any, scope: Any) -> None:
    doctor, person = member(organization, "provider"), member(organization, "patient")
    with scope(organization):
        mine, other = new_patient(member=person), new_patient(first_name="Somebody", last_name="Else")
        clinic = new_provider(member=doctor)
        new_stored_claim(patient=mine, provider=clinic)
    for client in (with_session(doctor), with_session(person)):
        assert "Somebody Else" not in text_of(client.get("/claims/patients/"))
        assert client.get(f"/claims/patients/{mine.id}/").status_code == 200
        assert client.get(f"/claims/patients/{other.id}/").status_code == 404
    assert with_session(person).get(f"/claims/providers/{clinic.id}/").status_code == 404


def test_a_patient_and_a_provider_are_added_changed_and_linked_to_an_account(
    organization: Any, member: Any, scope: Any
) -> None:
    person, doctor = member(organization, "patient"), member(organization, "provider")
    client = with_session(member(organization, "claims-admin"))
    assert "/claims/patients/new/" in text_of(client.get("/claims/patients/"))
    given = {"first_name": "Grace", "last_name": "Hopper", "date_of_birth": "1906-12-09", "gender": "female"}
    assert client.post("/claims/patients/new/", given | {"date_of_birth": "2999-01-01"}).status_code == 422
    page = client.post("/claims/patients/new/", given).headers["Location"]
    assert client.post(f"{page}change/", given | {"number": "P-9", "member_id": str(person.id)}).status_code == 302
    assert "P-9" in text_of(client.get(page))
    assert f'value="{person.id}" selected' in text_of(client.get(f"{page}change/"))
    assert with_session(person).get(page).status_code == 200
    clinic = {"name": "Seeland Clinic", "is_in_network": "no", "is_excluded": "no", "member_id": str(doctor.id)}
    assert "Add a provider" in text_of(client.get("/claims/providers/new/"))
    page = client.post("/claims/providers/new/", clinic).headers["Location"]
    assert "Outside" in text_of(client.get(page))
    assert client.post(f"{page}change/", clinic | {"member_id": str(person.id)}).status_code == 422
    assert client.post(f"{page}change/", clinic | {"is_excluded": "yes"}).status_code == 302
    assert "Excluded from payment" in text_of(client.get(page))
