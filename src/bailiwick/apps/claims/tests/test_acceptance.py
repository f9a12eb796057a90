"""The acceptance facts of the original, over HTTP: input, and what is expected of it.

Where it answered a stranger with 403 we say 401; where it knew a patient by their e-mail we know them by their account.
"""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.tests.factories import new_patient, new_stored_claim
from bailiwick.apps.claims.tests.insurers import BULK, LIST, Insurer, admin, flat, listed, one, patch, send, two
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import new_member

pytestmark = pytest.mark.django_db

__all__ = ["admin", "one", "two"]


def test_each_administrator_sees_their_own_organisations_claims(one: Insurer, two: Insurer) -> None:
    for insurer in (one, two):
        assert listed(insurer.clients["claims-admin"]) == [str(insurer.claim.id)]


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_another_organisations_claim_is_not_found_and_unchanged(admin: Client, two: Insurer, method: str) -> None:
    answer = send(admin, f"{LIST}{two.claim.id}/", {"amount": "1.00", "status": "approved"}, method)
    assert answer.status_code == 404
    with enter(two.organization.id):
        claim = Claim.objects.get(id=two.claim.id)
    assert (claim.stage, claim.edition, claim.withdrawn_at) == ("accepted", 1, None)


def test_an_administrator_creates_a_claim(admin: Client, one: Insurer, two: Insurer) -> None:
    answer = send(admin, LIST, flat(one, organization=str(two.organization.id), status="paid"))
    assert answer.status_code == 201
    claim = answer.json()
    assert claim["organization"] == str(one.organization.id)
    assert (claim["status"], claim["stage"], claim["amount"]) == ("submitted", "accepted", "150.00")
    assert (claim["diagnosis_code"], claim["procedure_code"]) == ("C00.0", "10001")
    assert claim["patient_details"]["last_name"] == one.patient.last_name
    assert claim["lines"][0]["amount"] == "150.00" and claim["diagnoses"][0]["code"] == "C00.0"
    assert listed(admin) == [claim["id"], str(one.claim.id)]


@pytest.mark.parametrize(
    ("role", "expected"), [("claims-processor", 201), ("provider", 201), ("patient", 403), ("claims-admin", 201)]
)
def test_who_creates_claims(one: Insurer, role: str, expected: int) -> None:
    assert send(one.clients[role], LIST, flat(one)).status_code == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", "-100.00"),
        ("amount", "0.99"),
        ("amount", "10000000.01"),
        ("amount", "1.001"),
        ("amount", True),
        ("diagnosis_code", "AA00.0"),
        ("diagnosis_code", "A0"),
        ("diagnosis_code", ""),
        ("procedure_code", "1000"),
        ("procedure_code", "99213-2"),
        ("service_date", "soon"),
        ("service_date", "1985-12-09"),
        ("patient", "nobody"),
        ("provider", "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_what_is_not_in_order_is_refused_beside_its_field(admin: Client, one: Insurer, name: str, value: Any) -> None:
    answer = send(admin, LIST, flat(one, **{name: value}))
    assert answer.status_code == 400 and name in answer.json()["errors"]


@pytest.mark.parametrize("name", ["patient", "provider", "diagnosis_code", "procedure_code", "amount", "service_date"])
def test_what_is_missing_is_named(admin: Client, one: Insurer, name: str) -> None:
    body = flat(one)
    del body[name]
    answer = send(admin, LIST, body)
    assert answer.status_code == 400 and list(answer.json()["errors"]) == [name]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("A00", "A00"), ("a00.0", "A00.0"), ("Z991234", "Z99.1234"), ("S52.521A", "S52.521A"), ("C7A", "C7A")],
)
def test_diagnoses_of_every_form(admin: Client, one: Insurer, given: str, kept: str) -> None:
    assert send(admin, LIST, flat(one, diagnosis_code=given)).json()["diagnosis_code"] == kept


@pytest.mark.parametrize(
    ("given", "kept", "modifiers"),
    [
        ("10001", "10001", []),
        ("1234f", "1234F", []),
        ("0001T", "0001T", []),
        ("J0120", "J0120", []),
        ("99213-25-LT", "99213", ["25", "LT"]),
    ],
)
def test_procedures_of_every_form(admin: Client, one: Insurer, given: str, kept: str, modifiers: list[str]) -> None:
    claim = send(admin, LIST, flat(one, procedure_code=given)).json()
    assert (claim["procedure_code"], claim["lines"][0]["modifiers"]) == (kept, modifiers)


def test_a_day_to_come_and_the_patients_of_others_are_refused(admin: Client, one: Insurer, two: Insurer) -> None:
    tomorrow = date.fromordinal(localdate().toordinal() + 1)
    assert list(send(admin, LIST, flat(one, service_date=str(tomorrow))).json()["errors"]) == ["service_date"]
    for name, key in (("patient", two.patient.id), ("provider", two.provider.id)):
        answer = send(admin, LIST, flat(one, **{name: str(key)}))
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])


def test_nobody_signed_in_is_401() -> None:
    for method in ("GET", "POST"):
        assert send(Client(), LIST, {}, method).status_code == 401


def test_a_provider_sees_their_own_and_changes_nothing(one: Insurer) -> None:
    with enter(one.organization.id):
        foreign = new_stored_claim()
    provider = one.clients["provider"]
    assert listed(provider) == [str(one.claim.id)]
    assert provider.get(f"{LIST}{foreign.id}/").status_code == 404
    assert provider.get(f"{LIST}{one.claim.id}/").status_code == 200
    assert patch(provider, one.claim, status="approved").status_code == 403
    assert patch(provider, one.claim, amount="1.00").status_code == 403
    assert send(provider, f"{LIST}{one.claim.id}/", flat(one), "PUT").status_code == 403
    assert send(provider, f"{LIST}{one.claim.id}/", method="DELETE").status_code == 403
    assert send(provider, BULK, {"claim_ids": [str(one.claim.id)], "status": "approved"}).status_code == 403
    assert one.stage_of(one.claim) == "accepted"


def test_a_processor_sees_and_approves_exactly_the_assigned(one: Insurer) -> None:
    other = new_member(one.organization, "claims-processor")
    theirs, nobodys = one.new(assigned_processor_id=other.id), one.new()
    processor = one.clients["claims-processor"]
    assert listed(processor) == [str(one.claim.id)]
    answer = patch(processor, one.claim, status="approved", approval_reason="As it should be.")
    assert (answer.status_code, answer.json()["status"]) == (200, "approved")
    assert answer.json()["approval_reason"] == "As it should be."
    for claim in (theirs, nobodys):
        assert processor.get(f"{LIST}{claim.id}/").status_code == 404
        assert patch(processor, claim, status="approved").status_code == 404
        assert one.stage_of(claim) == "accepted"


def test_a_patient_sees_their_own_and_changes_nothing(one: Insurer) -> None:
    with enter(one.organization.id):
        foreign = new_stored_claim(patient=new_patient(email=one.patient.email or "ada@example.org"))
    patient = one.clients["patient"]
    assert listed(patient) == [str(one.claim.id)]
    assert patient.get(f"{LIST}{foreign.id}/").status_code == 404
    assert patch(patient, one.claim, status="approved").status_code == 403
    assert patch(patient, foreign, status="approved").status_code == 404


@pytest.mark.parametrize("stage", ["approved", "partially_approved", "payment_scheduled", "paid"])
@pytest.mark.parametrize(
    "body",
    [
        {"status": "rejected", "rejection_reason": "No."},
        {"status": "submitted", "reason": "Again."},
        {"status": "under_review"},
        {"amount": "1.00"},
        {"service_date": "2026-01-01"},
        {"diagnosis_code": "C00.1"},
        {"assigned_processor": None},
        {},
    ],
)
def test_approved_and_paid_claims_change_in_nothing(
    admin: Client, one: Insurer, stage: str, body: dict[str, Any]
) -> None:
    claim = one.new(stage=Stage(stage))
    answer = patch(admin, claim, **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "claims.immutable")
    assert send(admin, f"{LIST}{claim.id}/", flat(one), "PUT").status_code == 400
    assert send(admin, f"{LIST}{claim.id}/", method="DELETE").status_code == 409
    assert admin.get(f"{LIST}{claim.id}/").json()["edition"] == 1


def test_filters_and_orderings(admin: Client, one: Insurer) -> None:
    early = one.new(service_date=date(2026, 1, 1), amounts=("100.00",), stage=Stage.APPROVED)
    with enter(one.organization.id):
        middle = new_stored_claim(service_date=date(2026, 1, 15), amounts=("1000.00",))
    assert listed(admin, from_date="2026-01-10", to_date="2026-01-20") == [str(middle.id)]
    assert listed(admin, from_date="2026-01-15", to_date="2026-01-15") == [str(middle.id)]
    assert listed(admin, status="approved") == listed(admin, stage="approved") == [str(early.id)]
    assert listed(admin, patient_id=str(middle.patient_id)) == [str(middle.id)]
    assert listed(admin, provider_id=str(middle.provider_id)) == [str(middle.id)]
    assert listed(admin, min_amount="50", max_amount="100", to_date="2026-01-31") == [str(early.id)]
    assert listed(admin, number=middle.number.lower()) == [str(middle.id)]
    assert listed(admin, assigned_processor=str(one.members["claims-processor"].id)) == [str(one.claim.id)]
    by_date, by_amount = [str(each.id) for each in (early, middle, one.claim)], [early, one.claim, middle]
    assert listed(admin, ordering="service_date") == by_date
    assert listed(admin, ordering="-service_date") == by_date[::-1]
    assert listed(admin, ordering="amount") == [str(each.id) for each in by_amount]
    assert listed(admin, ordering="-status", cursor="")[:2] == [str(middle.id), str(one.claim.id)]


def test_pages_count_and_lead_on(admin: Client, one: Insurer) -> None:
    claims = [one.claim, *(one.new() for _ in range(4))]
    page = admin.get(LIST, {"limit": "2"}).json()
    assert list(page) == ["count", "next", "previous", "results"] and page["count"] == 5
    seen = [each["id"] for each in page["results"]]
    while page["next"]:
        page = admin.get(page["next"]).json()
        seen += [each["id"] for each in page["results"]]
    assert seen == [str(each.id) for each in reversed(claims)]
    page = admin.get(LIST, {"limit": "2", "cursor": ""}).json()
    assert "count" not in page and [each["id"] for each in page["results"]] == seen[:2]


def test_bulk_approval_touches_the_own_claims_alone(admin: Client, one: Insurer, two: Insurer) -> None:
    second = one.new()
    ids = [str(each.id) for each in (one.claim, second, two.claim)]
    answer = send(admin, BULK, {"claim_ids": ids, "status": "approved"})
    assert answer.json() == {"updated_count": 2, "errors": []}
    assert two.stage_of(two.claim) == "accepted"


def test_bulk_leaves_decided_claims_out_and_says_so(admin: Client, one: Insurer) -> None:
    approved = one.new(stage=Stage.APPROVED)
    ids = [str(approved.id), str(one.claim.id)]
    answer = send(admin, BULK, {"claim_ids": ids, "status": "under_review"}).json()
    assert answer["updated_count"] == 1 and len(answer["errors"]) == 1 and str(approved.id) in answer["errors"][0]


@pytest.mark.parametrize("body", [{"status": "approved"}, {"claim_ids": []}, {"claim_ids": [], "status": "lost"}])
def test_bulk_without_what_it_needs_is_refused(admin: Client, body: dict[str, Any]) -> None:
    answer = send(admin, BULK, body)
    assert answer.status_code == 400 and answer.json()["error"]


def test_two_changes_in_a_row_each_stand_or_are_refused(admin: Client, one: Insurer) -> None:
    answers = [patch(admin, one.claim, status=status).status_code for status in ("under_review", "approved")]
    assert answers == [200, 200] and one.stage_of(one.claim) == "approved"
