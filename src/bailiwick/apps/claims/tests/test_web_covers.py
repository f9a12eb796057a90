"""The pages on which one says by what a patient is covered, what is promised to them, and what a benefit holds."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from bailiwick.apps.claims.choices import Pend, Stage
from bailiwick.apps.claims.manifest import PATIENT
from bailiwick.apps.claims.models import Accumulator, Adjudication, Benefit, Coverage, PriorAuthorization
from bailiwick.apps.claims.tests.factories import (
    new_coverage,
    new_patient,
    new_plan,
    new_provider,
    new_rules,
    new_stored_claim,
)
from bailiwick.kernel.audit.models import Read
from bailiwick.kernel.testing.clients import with_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(organization: Any, member: Any) -> Any:
    return member(organization, "claims-admin")


@pytest.fixture
def client(admin: Any) -> Client:
    return with_session(admin)


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def post(client: Client, path: str, data: dict[str, Any], status: int = 302) -> str:
    answer = client.post(path, data)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def test_a_cover_is_added_and_ended_on_the_page_of_the_patient(client: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        patient, plan, other = new_patient(), new_plan(name="Gold plan"), new_patient()
    page = f"/claims/patients/{patient.id}/"
    assert f"{page}covers/new/" in text(client, page)
    assert "Gold plan" in text(client, f"{page}covers/new/")
    given = {"subscriber_number": "S-77", "relationship": "child", "order": "1", "valid_from": "2026-01-01"}
    assert "Choose a plan, or name the other payer." in post(client, f"{page}covers/new/", given, 422)
    refused = post(client, f"{page}covers/new/", given | {"plan_id": str(plan.id), "valid_until": "2025-01-01"}, 422)
    assert "It ends before it begins." in refused
    post(client, f"{page}covers/new/", given | {"plan_id": str(plan.id)})
    post(client, f"{page}covers/new/", given | {"payer": "Meridian Mutual", "order": "2"})
    with scope(organization):
        cover = Coverage.objects.get(plan=plan)
        assert (cover.patient_id, cover.relationship, cover.valid_until) == (patient.id, "child", None)
        Accumulator.objects.create(coverage=cover, year=localdate().year, deductible=40)
    shown = text(client, page)
    for expected in ("S-77", "Meridian Mutual", f"{page}covers/{cover.id}/", "$40.00 of $0.00 used"):
        assert expected in shown
    assert 'value="2026-01-01"' in text(client, f"{page}covers/{cover.id}/")
    post(client, f"{page}covers/{cover.id}/", {"order": "0", "valid_from": "2026-01-01"}, 422)
    post(client, f"{page}covers/{cover.id}/", {"order": "1", "valid_from": "2026-01-01", "valid_until": "2026-06-30"})
    with scope(organization):
        cover.refresh_from_db()
    assert cover.valid_until == date(2026, 6, 30)
    assert client.get(f"/claims/patients/{other.id}/covers/{cover.id}/").status_code == 404


def test_a_prior_authorisation_is_given_before_the_service(client: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        patient, provider = new_patient(), new_provider(name="Seeland Clinic", npi="1234567893")
    page = f"/claims/patients/{patient.id}/"
    text(client, f"{page}authorizations/new/")
    given = {"number": "A-9", "codes": "27447, d", "valid_from": "2026-01-01", "valid_until": "2026-03-31"}
    assert "No provider has this NPI." in post(client, f"{page}authorizations/new/", given | {"npi": "1"}, 422)
    post(client, f"{page}authorizations/new/", given | {"npi": "1234567893", "units": "3"})
    assert "There is one of this name." in post(client, f"{page}authorizations/new/", given, 422)
    with scope(organization):
        stored = PriorAuthorization.objects.get()
    assert (stored.patient_id, stored.provider_id, stored.codes, stored.units) == (
        patient.id,
        provider.id,
        ["27447", "D"],
        3,
    )
    shown = text(client, page)
    for expected in ("A-9", "27447, D", "3 units", "Seeland Clinic"):
        assert expected in shown


def test_covers_are_the_work_of_who_manages_claims(client: Client, organization: Any, member: Any, scope: Any) -> None:
    with scope(organization):
        patient = new_patient()
        cover = new_coverage(patient)
        codes = {"codes": ["C27447"], "valid_from": date(2026, 1, 1), "valid_until": date(2026, 3, 31)}
        PriorAuthorization.objects.create(number="A-1", patient=patient, **codes)
    finance = with_session(member(organization, "claims-finance"))
    page = f"/claims/patients/{patient.id}/"
    shown = text(finance, page)
    assert "A-1" in shown
    assert "C27447" not in shown, "amounts are all that finance sees"
    assert "covers/new/" not in shown
    for address in ("covers/new/", f"covers/{cover.id}/", "authorizations/new/"):
        assert finance.get(f"{page}{address}").status_code == 403
        with scope(organization):
            before = Read.objects.filter(kind=PATIENT).count()
        text(client, f"{page}{address}")
        with scope(organization):
            assert Read.objects.filter(kind=PATIENT).count() == before + 1, "who is shown has been read"


def test_a_form_that_shows_a_patient_is_recorded_as_read(client: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        patient = new_patient()
    text(client, f"/claims/patients/{patient.id}/change/")
    with scope(organization):
        assert Read.objects.filter(kind=PATIENT).count() == 1


def test_a_patient_is_found_by_first_and_last_name(client: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        new_patient(first_name="Grace", last_name="Hopper")
        new_patient(first_name="Grace", last_name="Kelly")
    for query in ("grace hopper", "Hopper Grace", "hopp gr"):
        shown = text(client, f"/claims/patients/?q={query}")
        assert "Grace Hopper" in shown
        assert "Grace Kelly" not in shown


def test_what_a_benefit_promises_is_changed_from_its_plan(client: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        plan, other = new_plan(), new_plan()
        benefit = Benefit.objects.create(plan=plan, title="Dentist", codes=["D"], valid_from=date(2026, 1, 1))
    page = f"/settings/claims/plans/{plan.id}/benefits/{benefit.id}/"
    assert page in text(client, f"/settings/claims/plans/{plan.id}/benefits/")
    assert 'value="Dentist"' in text(client, page)
    given = {"title": "Dentist", "codes": "D, E1", "is_covered": "on", "copay": "15", "valid_from": "2026-01-01"}
    post(client, page, given | {"valid_until": "2025-12-31"}, 422)
    post(client, page, given)
    with scope(organization):
        benefit.refresh_from_db()
    assert (benefit.codes, benefit.copay, benefit.valid_until) == (["D", "E1"], 15, None)
    assert client.get(f"/settings/claims/plans/{other.id}/benefits/{benefit.id}/").status_code == 404


def test_an_open_claim_is_judged_again_from_its_page(client: Client, admin: Any, organization: Any, scope: Any) -> None:
    with scope(organization):
        patient = new_patient()
        new_coverage(patient)
        new_rules(admin.id, second_person_above="1000.00")
        small = new_stored_claim(patient=patient)
        high = new_stored_claim(patient=patient, amounts=("1500.00",))
        paid = new_stored_claim(stage=Stage.PAID)
    assert f"/claims/{small.id}/judge/" in text(client, f"/claims/{small.id}/")
    assert f"/claims/{paid.id}/judge/" not in text(client, f"/claims/{paid.id}/")
    assert "Nothing is approved or paid by it." in text(client, f"/claims/{small.id}/judge/")
    post(client, f"/claims/{small.id}/judge/", {})
    assert "Judged again: $150.00 would be paid." in text(client, f"/claims/{small.id}/")
    post(client, f"/claims/{high.id}/judge/", {})
    assert "A person has to look at it: High amount." in text(client, f"/claims/{high.id}/")
    refused = post(client, f"/claims/{paid.id}/judge/", {}, 400)
    assert "The claim cannot go there from where it stands." in refused
    assert paid.number in refused, "whoever was too late sees where the claim stands"
    with scope(organization):
        small.refresh_from_db()
        high.refresh_from_db()
        assert (small.stage, high.stage, high.pend) == (Stage.ACCEPTED, Stage.UNDER_REVIEW, Pend.AMOUNT)
        assert Adjudication.objects.filter(claim__in=[small, high], is_final=False).count() == 2
