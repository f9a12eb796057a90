"""Adjudicating, correcting and paying by API."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.tests.factories import new_coverage, new_patient, new_rules, new_stored_claim
from bailiwick.apps.claims.tests.test_correcting import approved
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.models import Read
from bailiwick.kernel.tenancy.scope import enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(organization: Any, member: Any) -> Any:
    return member(organization, "claims-admin")


@pytest.fixture
def manager(admin: Any, actor_of: Any) -> Actor:
    actor: Actor = actor_of(admin)
    return actor


@pytest.fixture
def client(admin: Any, token_client: Any) -> Client:
    found: Client = token_client(admin)
    return found


def send(client: Client, path: str, body: Any, status: int) -> Any:
    answer = client.post(path, body, "application/json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def test_a_claim_is_judged_again_by_the_rules_of_today(client: Client, organization: Any, manager: Actor) -> None:
    with enter(organization.id):
        patient = new_patient()
        new_coverage(patient)
        claim = new_stored_claim(patient=patient)
        new_rules(manager.member_id, second_person_above="100.00")
    path = f"/api/claims/{claim.id}/adjudications"
    first, second = send(client, path, {}, 201), send(client, path, {}, 201)
    assert (first["version"], first["outcome"], first["pend"]) == (1, "pended", "amount")
    assert (second["version"], second["is_final"], second["rules"]) == (2, False, 1)
    answer = client.get(path).json()
    assert [each["version"] for each in answer] == [2, 1]
    assert answer[0]["lines"][0]["billed"] == "150.00" and answer[0]["trace"]
    with enter(organization.id):
        assert Claim.objects.get().stage == "under_review"
        assert Read.objects.filter(kind="claims.claim", row_ids__contains=[claim.id]).exists()


def test_what_is_approved_is_not_judged_again(client: Client, organization: Any, manager: Actor) -> None:
    with enter(organization.id):
        claim = approved(manager, new_stored_claim())
    answer = send(client, f"/api/claims/{claim.id}/adjudications", {}, 400)
    assert "claims.move_refused" in str(answer)


def test_who_sees_money_alone_is_told_no_steps(
    organization: Any, manager: Actor, member: Any, token_client: Any
) -> None:
    with enter(organization.id):
        claim = approved(manager, new_stored_claim())
    finance = token_client(member(organization, "claims-finance"))
    [judged] = finance.get(f"/api/claims/{claim.id}/adjudications").json()
    assert judged["paid"] == "150.00" and judged["trace"] == [] and judged["lines"][0]["trace"] == []


def test_a_claim_is_corrected_and_voided(client: Client, organization: Any, manager: Actor) -> None:
    with enter(organization.id):
        claim = approved(manager, new_stored_claim())
    path = f"/api/claims/{claim.id}/correct"
    content = {
        "patient": str(claim.patient_id),
        "provider": str(claim.provider_id),
        "diagnosis_code": "C00.0",
        "procedure_code": "10001",
        "amount": "200.00",
        "service_date": "2026-03-02",
    }
    send(client, path, {"correction": "adjusted"}, 400)
    judged = send(client, path, {"correction": "adjusted", "reason": "Two units", "claim": content}, 201)
    assert (judged["paid"], judged["difference"]) == ("200.00", "50.00")
    send(client, path, {"correction": "voided", "reason": "Not ours"}, 404)
    send(client, f"/api/claims/{judged['claim']}/correct", {"correction": "voided", "reason": "Not ours"}, 204)
    with enter(organization.id):
        assert set(Claim.objects.values_list("version", "stage")) == {(1, "adjusted"), (2, "voided")}


def test_claims_are_paid_all_or_none(client: Client, organization: Any, manager: Actor) -> None:
    with enter(organization.id):
        claims = [approved(manager, new_stored_claim()) for _each in range(2)]
        waiting = new_stored_claim()
    keys = [str(claim.id) for claim in claims]
    send(client, "/api/claims/pay", {"claim_ids": [*keys, str(waiting.id)]}, 400)
    [run] = send(client, "/api/claims/pay", {"claim_ids": keys}, 201)
    assert (run["count"], run["paid"], run["adjusted"]) == (2, "300.00", "0.00")
    send(client, "/api/claims/pay", {"claim_ids": ["019a0000-0000-7000-8000-000000000000"]}, 404)


def test_a_batch_is_begun(client: Client) -> None:
    assert len(send(client, "/api/claims/adjudicate", {"since": "2026-01-01"}, 202)["jobs"]) == 2


@pytest.mark.parametrize("role", ["claims-processor", "claims-finance", "provider", "patient"])
def test_who_does_not_manage_claims_corrects_none(
    organization: Any, manager: Actor, member: Any, token_client: Any, role: str
) -> None:
    with enter(organization.id):
        claim = approved(manager, new_stored_claim())
    other = token_client(member(organization, role))
    send(other, f"/api/claims/{claim.id}/correct", {"correction": "voided", "reason": "Mine"}, 403)
    send(other, "/api/claims/adjudicate", {}, 403)
