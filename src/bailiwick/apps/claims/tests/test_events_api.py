"""Patient events by API, in the published shape."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils.timezone import now

from bailiwick.apps.claims.actions.events import change_event
from bailiwick.apps.claims.models import PatientEvent
from bailiwick.apps.claims.tests.factories import new_event, new_patient, new_provider, new_stored_claim
from bailiwick.apps.claims.tests.happenings import work_off
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_key, with_session, with_token
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/patient-status/"


@pytest.fixture
def admin(organization: Any) -> Any:
    return new_member(organization, "claims-admin")


@pytest.fixture
def actor(admin: Any) -> Actor:
    return actor_for(admin)


@pytest.fixture
def client(admin: Any) -> Any:
    return with_token(admin)


@pytest.fixture
def patient(organization: Any) -> Any:
    with enter(organization.id):
        return new_patient(number="MRN-1")


def body(patient: Any = None, **more: Any) -> dict[str, Any]:
    given = {
        "status_type": "admission",
        "facility_name": "General Hospital",
        "details": {"ward": "3"},
        "occurred_at": (now() - timedelta(hours=1)).isoformat(),
    }
    return given | ({"patient": str(patient.id)} if patient else {}) | more


def post(client: Any, given: dict[str, Any], **headers: str) -> Any:
    return client.post(PATH, given, "application/json", headers=headers)


def test_an_event_is_stored_and_its_job_queued_exactly_once(client: Any, actor: Actor, patient: Any) -> None:
    with enter(actor.organization_id):
        claim = new_stored_claim(patient=patient)
    answer = post(client, body(patient))
    assert answer.status_code == 201
    event = answer.json()
    assert {name: event[name] for name in ("patient", "organization", "status_type", "details", "state", "moved")} == {
        "patient": str(patient.id),
        "organization": str(actor.organization_id),
        "status_type": "admission",
        "details": {"ward": "3"},
        "state": "pending",
        "moved": 0,
    }
    with enter(actor.organization_id):
        [job] = Job.objects.filter(kind="claims.event")
        assert job.arguments == {"event": event["id"]}
    work_off(actor)
    assert client.get(f"{PATH}{event['id']}/").json()["state"] == "applied"
    with enter(actor.organization_id):
        claim.refresh_from_db()
        assert claim.status == "under_review"


def test_the_same_number_is_the_same_event_and_other_content_is_refused(
    client: Any, actor: Actor, patient: Any
) -> None:
    given = body(patient, source="ward", source_id="17")
    first = post(client, given)
    again = post(client, given)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    other = post(client, given | {"facility_name": "Elsewhere"})
    assert (other.status_code, other.json()["code"]) == (409, "claims.event_taken")
    assert post(client, given | {"source": "emergency room"}).status_code == 201
    with enter(actor.organization_id):
        assert Job.objects.filter(kind="claims.event").count() == 2


def test_without_a_number_each_report_is_a_new_event_unless_its_request_is_repeated(client: Any, patient: Any) -> None:
    given = body(patient)
    assert post(client, given).json()["id"] != post(client, given).json()["id"]
    key = {"Idempotency-Key": "k-1"}
    assert post(client, given, **key).json()["id"] == post(client, given, **key).json()["id"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"patient": str(uuid4())}, "patient"),
        ({"patient": "nobody"}, "patient"),
        ({"patient": None}, "patient"),
        ({"status_type": "vanished"}, "status_type"),
        ({"occurred_at": (now() + timedelta(days=1)).isoformat()}, "occurred_at"),
        ({"occurred_at": "1985-01-01T00:00:00Z"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00Z"}, "occurred_at"),
        ({"occurred_at": None}, "occurred_at"),
        ({"details": ["x"]}, "details"),
        ({"details": {"x": "y" * 20_000}}, "details"),
        ({"facility_name": "x" * 256}, "facility_name"),
        ({"status_type": "cancel"}, "cancels"),
        ({"status_type": "merge"}, "merged_patient"),
    ],
)
def test_what_is_not_in_order_is_refused_beside_its_field(
    client: Any, actor: Actor, patient: Any, more: dict[str, Any], field: str
) -> None:
    answer = post(client, body(patient) | more)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    with enter(actor.organization_id):
        assert not PatientEvent.objects.exists()
        assert not Job.objects.filter(kind="claims.event").exists()


def test_a_patient_of_another_organisation_is_as_good_as_none(
    client: Any, patient: Any, other_organization: Any
) -> None:
    with enter(other_organization.id):
        foreign = new_patient(number="MRN-1")
        theirs = new_event(foreign)
    assert post(client, body(foreign)).status_code == 400
    assert client.get(f"{PATH}{theirs.id}/").status_code == 404
    assert client.get(f"{PATH}history/{foreign.id}/").json() == []
    stranger = with_token(new_member(other_organization, "claims-admin"))
    event = post(client, body(patient)).json()
    for method in ("get", "patch", "delete"):
        call = getattr(stranger, method)
        assert call(f"{PATH}{event['id']}/", **({"data": {}} if method != "get" else {})).status_code in (404, 415)
    assert [row["id"] for row in client.get(f"{PATH}history/{patient.id}/").json()] == [event["id"]]


def test_who_may_report_and_whom_they_see(organization: Any, actor: Actor, patient: Any) -> None:
    members = {role: new_member(organization, role) for role in ("provider", "patient", "claims-finance")}
    with enter(organization.id):
        provider = new_provider(member=members["provider"])
        own = new_patient(member=members["patient"])
        new_stored_claim(patient=own, provider=provider)
    clients = {role: with_key(member) for role, member in members.items()}
    assert post(clients["provider"], body(own)).status_code == 201
    assert post(clients["provider"], body(patient)).json()["errors"].keys() == {"patient"}
    parked = post(clients["provider"], body(patient_reference="MRN-1"))
    assert (parked.status_code, parked.json()["errors"].keys()) == (400, {"patient_reference"})
    assert post(clients["patient"], body(own)).status_code == 403
    assert post(clients["claims-finance"], body(own)).status_code == 403
    assert clients["claims-finance"].get(PATH).status_code == 403
    for role in ("provider", "patient"):
        assert len(clients[role].get(f"{PATH}history/{own.id}/").json()) == 1
        assert clients[role].get(f"{PATH}history/{patient.id}/").json() == []
    assert len(clients["patient"].get(PATH).json()["results"]) == 1


def test_lists_are_narrowed_by_patient_type_and_day(client: Any, organization: Any, patient: Any) -> None:
    with enter(organization.id):
        for day in (1, 15):
            new_event(patient, occurred_at=f"2026-01-{day:02}T12:00:00Z")
        new_event(new_patient(), "discharge", occurred_at="2026-01-15T23:30:00Z")

    def count(query: str) -> int:
        return len(client.get(f"{PATH}?{query}").json()["results"])

    assert count("") == 3
    assert count("from_date=2026-01-10&to_date=2026-01-20") == 2
    assert count(f"patient={patient.id}") == 2
    assert count("status_type=discharge") == 1
    assert count("to_date=9999-12-31") == 3
    assert client.get(f"{PATH}?state_type=x").status_code == 400


def test_history_shows_the_latest_first(client: Any, organization: Any, patient: Any) -> None:
    with enter(organization.id):
        days = [new_event(patient, occurred_at=f"2026-01-{day:02}T12:00:00Z").id for day in (5, 20, 10)]
    shown = [row["id"] for row in client.get(f"{PATH}history/{patient.id}/").json()]
    assert shown == [str(days[1]), str(days[2]), str(days[0])]


def test_where_and_how_it_was_may_be_corrected_and_nothing_else(client: Any, patient: Any) -> None:
    given = body(patient)
    event = post(client, given).json()
    path = f"{PATH}{event['id']}/"
    changed = client.patch(path, {"details": {"ward": "4"}}, "application/json")
    assert (changed.status_code, changed.json()["details"]) == (200, {"ward": "4"})
    same = client.put(path, given | {"facility_name": "Other"}, "application/json")
    assert (same.status_code, same.json()["facility_name"], same.json()["details"]) == (200, "Other", {"ward": "3"})
    for more in ({"status_type": "discharge"}, {"occurred_at": "2026-01-01T00:00:00Z"}, {"patient": str(uuid4())}):
        refused = client.patch(path, more, "application/json")
        assert (refused.status_code, refused.json()["errors"].keys()) == (400, more.keys())
    assert client.put(path, {"details": {}}, "application/json").status_code == 400


def test_who_sees_an_event_and_reports_none_corrects_none(organization: Any) -> None:
    reader = actor_for(new_member(organization, "claims-reader"))
    with enter(organization.id), pytest.raises(Forbidden):
        change_event(actor=reader, event_id=new_event(new_patient()).id, given={"details": {}})


def test_what_is_deleted_did_not_happen(client: Any, actor: Actor, organization: Any, patient: Any) -> None:
    with enter(organization.id):
        claim = new_stored_claim(patient=patient)
    path = f"{PATH}{post(client, body(patient)).json()['id']}/"
    work_off(actor)
    assert client.delete(path).status_code == 204
    assert (client.get(path).status_code, client.delete(path).status_code) == (404, 404)
    assert client.get(f"{PATH}history/{patient.id}/").json() == []
    work_off(actor)
    with enter(organization.id):
        claim.refresh_from_db()
        assert (claim.status, claim.pend) == ("submitted", "")
    [cancel] = client.get(PATH).json()["results"]
    assert (cancel["status_type"], cancel["state"]) == ("cancel", "applied")


def test_a_patient_whom_nobody_knows_is_parked(client: Any, actor: Actor, patient: Any) -> None:
    event = post(client, body(patient_reference="MRN-2")).json()
    assert (event["state"], event["patient"], event["patient_reference"]) == ("parked", None, "MRN-2")
    known = post(client, body(patient_reference="MRN-1")).json()
    assert (known["state"], known["patient"]) == ("pending", str(patient.id))
    with enter(actor.organization_id):
        assert Job.objects.filter(kind="claims.event").count() == 1


def test_a_list_is_read_in_a_fixed_number_of_statements(
    client: Any, organization: Any, django_assert_max_num_queries: Any
) -> None:
    with enter(organization.id):
        for _ in range(20):
            new_event(new_patient())
    with django_assert_max_num_queries(6):
        assert len(client.get(PATH).json()["results"]) == 20


def test_a_provider_corrects_and_takes_back_what_they_reported_and_nothing_else(
    client: Any, organization: Any, patient: Any
) -> None:
    member = new_member(organization, "provider")
    with enter(organization.id):
        new_stored_claim(patient=patient, provider=new_provider(member=member))
    provider = with_token(member)
    hospital = post(client, body(patient, source="hospital", source_id="A-1")).json()["id"]
    own = post(provider, body(patient)).json()["id"]
    assert provider.get(f"{PATH}{hospital}/").status_code == 200
    assert provider.patch(f"{PATH}{hospital}/", {"details": {}}, "application/json").status_code == 403
    assert provider.delete(f"{PATH}{hospital}/").status_code == 403
    told = body(status_type="cancel", source="hospital", source_id="A-2", cancels="A-1")
    assert post(provider, told).status_code == 403
    assert "It did not happen" not in with_session(member).get(f"/claims/events/{hospital}/").content.decode()
    assert provider.patch(f"{PATH}{own}/", {"details": {}}, "application/json").status_code == 200
    assert provider.delete(f"{PATH}{own}/").status_code == 204
    assert client.delete(f"{PATH}{hospital}/").status_code == 204


def test_nobody_speaks_in_the_name_of_the_house(client: Any, actor: Actor, organization: Any, patient: Any) -> None:
    event = post(client, body(patient)).json()["id"]
    squatting = post(client, body(patient, source="Bailiwick", source_id=event))
    assert (squatting.status_code, "source" in squatting.json()["errors"]) == (400, True)
    assert client.delete(f"{PATH}{event}/").status_code == 204
