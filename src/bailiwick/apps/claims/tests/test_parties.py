"""Patients and providers: added, changed, linked to accounts; who sees which."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.apps.claims.models import Patient, PatientEvent, Provider
from bailiwick.apps.claims.tests.factories import new_event, new_patient, new_provider, new_stored_claim
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_token
from bailiwick.kernel.testing.factories import new_member, new_organization

pytestmark = pytest.mark.django_db

PATIENTS, PROVIDERS = "/api/patients/", "/api/providers/"
ADA = {"first_name": "Ada", "last_name": "Byron", "date_of_birth": "1985-12-10"}


def send(client: Client, path: str, method: str = "post", **body: Any) -> Any:
    return getattr(client, method)(path, body, content_type="application/json")


def names(client: Client, path: str, **query: str) -> list[str]:
    rows = client.get(path, query).json()["results"]
    return [row.get("last_name") or row["name"] for row in rows]


@pytest.fixture
def admin(organization: Any) -> Client:
    return with_token(new_member(organization, "claims-admin"))


def test_a_patient_is_added_read_and_changed(admin: Client, organization: Any) -> None:
    made = send(admin, PATIENTS, number="P-1", gender="female", **ADA)
    assert made.status_code == 201 and made.json()["number"] == "P-1"
    path = f"{PATIENTS}{made.json()['id']}/"
    assert send(admin, path, "patch", phone="123", last_name="King").status_code == 200
    shown = admin.get(path).json()
    assert (shown["last_name"], shown["phone"], shown["first_name"]) == ("King", "123", "Ada")
    with enter(organization.id):
        changed = Event.objects.get(verb="claims.patient.changed")
        assert changed.data == {"fields": ["last_name", "phone"]}
        assert Event.objects.filter(verb="claims.patient.added").count() == 1


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("number", {"number": "P-1"}),
        ("date_of_birth", {"date_of_birth": "2999-01-01"}),
        ("died_on", {"died_on": "1985-12-09"}),
        ("email", {"email": "nowhere"}),
        ("gender", {"gender": "x"}),
        ("member", {"member": "00000000-0000-0000-0000-000000000000"}),
    ],
)
def test_a_patient_who_cannot_be_is_refused(
    admin: Client, organization: Any, field: str, values: dict[str, str]
) -> None:
    with enter(organization.id):
        new_patient(number="P-1")
    answer = send(admin, PATIENTS, **(ADA | values))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    with enter(organization.id):
        other = new_patient()
    answer = send(admin, f"{PATIENTS}{other.id}/", "patch", **values)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_an_account_is_linked_that_may_see_claims_of_its_own(admin: Client, organization: Any) -> None:
    patient, reader = new_member(organization, "patient"), new_member(organization, "claims-reader")
    foreigner = new_member(new_organization(), "patient")
    with enter(organization.id):
        row = new_patient()
    path = f"{PATIENTS}{row.id}/"
    for member in (reader, foreigner):
        assert send(admin, path, "patch", member=str(member.id)).status_code == 400
    assert send(admin, path, "patch", member=str(patient.id)).json()["member"] == str(patient.id)
    assert names(with_token(patient), PATIENTS) == ["Byron"]
    assert send(admin, path, "patch", member=None).json()["member"] is None


def test_events_that_waited_for_a_number_are_matched(admin: Client, organization: Any) -> None:
    with enter(organization.id):
        event = new_event(None, state="parked", patient_reference="P-7")
    made = send(admin, PATIENTS, number="P-7", **ADA)
    assert made.status_code == 201
    with enter(organization.id):
        assert PatientEvent.objects.get(id=event.id).state != "parked"


def test_a_providers_npi_is_kept_as_it_was_given(admin: Client, organization: Any) -> None:
    made = send(admin, PROVIDERS, name="Clinic", npi="1234567890")
    assert made.status_code == 201 and made.json()["npi"] == "1234567890"
    assert send(admin, PROVIDERS, name="Other", npi="1234567890").status_code == 400
    path = f"{PROVIDERS}{made.json()['id']}/"
    assert send(admin, path, "patch", is_in_network=False).json()["is_in_network"] is False
    assert names(admin, PROVIDERS, npi="1234567890") == names(admin, PROVIDERS, name="clin") == ["Clinic"]
    with enter(organization.id):
        assert Provider.objects.get().npi == "1234567890"


@pytest.mark.parametrize("role", ["claims-processor", "claims-finance", "provider", "patient", "claims-reader"])
def test_who_does_not_manage_changes_nobody(organization: Any, role: str) -> None:
    client = with_token(new_member(organization, role))
    assert send(client, PATIENTS, **ADA).status_code == 403
    assert send(client, PROVIDERS, name="Clinic").status_code == 403
    with enter(organization.id):
        assert not Patient.objects.exists() and not Provider.objects.exists()


def test_each_sees_those_they_have_to_do_with(admin: Client, organization: Any) -> None:
    processor, provider = new_member(organization, "claims-processor"), new_member(organization, "provider")
    patient = new_member(organization, "patient")
    with enter(organization.id):
        clinic, hospital = new_provider(name="Clinic", member_id=provider.id), new_provider(name="Hospital")
        assigned, billed = new_patient(last_name="Assigned"), new_patient(last_name="Billed")
        new_patient(last_name="Own", member_id=patient.id)
        new_patient(last_name="Else", number="P-9")
        new_patient(last_name="Merged", merged_into=billed)
        new_stored_claim(patient=assigned, provider=hospital, assigned_processor_id=processor.id)
        new_stored_claim(patient=billed, provider=clinic)
    assert names(admin, PATIENTS) == ["Assigned", "Billed", "Else", "Own"]
    seen = {
        role: names(with_token(member), PATIENTS)
        for role, member in (("processor", processor), ("provider", provider), ("patient", patient))
    }
    assert seen == {"processor": ["Assigned"], "provider": ["Billed"], "patient": ["Own"]}
    assert names(with_token(processor), PATIENTS, number="P-9") == ["Else"]
    assert names(with_token(patient), PATIENTS, number="P-9") == []
    assert with_token(provider).get(f"{PATIENTS}{assigned.id}/").status_code == 404
    assert names(with_token(processor), PROVIDERS) == ["Clinic", "Hospital"]
    assert names(with_token(provider), PROVIDERS) == ["Clinic"]
    assert names(with_token(patient), PROVIDERS) == []
