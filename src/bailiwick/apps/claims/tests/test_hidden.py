"""What whoever sees amounts alone is not told at any door: health, and the reasons that speak of it."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.apps.claims.choices import Pend, Stage
from bailiwick.apps.claims.manifest import MANAGE, PROCESS, SEE_MONEY
from bailiwick.apps.claims.models import Adjudication, AdjudicationLine, Claim
from bailiwick.apps.claims.tests.factories import new_provider
from bailiwick.apps.claims.tests.insurers import LIST, Insurer, admin, flat, one, send
from bailiwick.kernel.access.actions.roles import add_role
from bailiwick.kernel.audit.models import Change
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session, with_token
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db

__all__ = ["admin", "one"]
TELLING = ("F32.1", "55555", "Severe depression", "CO-50", "Suspect duplicate")


def denied(insurer: Insurer, **values: Any) -> Claim:
    said = {"diagnosis_code": "F32.1", "codes": ("55555",), "rejection_reason": "Severe depression is not covered."}
    claim = insurer.new(stage=Stage.DENIED, **said, **values)
    with enter(insurer.organization.id):
        judged = Adjudication.objects.create(
            claim=claim,
            version=1,
            revision=1,
            outcome="denied",
            is_final=True,
            **dict.fromkeys(("billed", "adjusted"), claim.amount),
            **dict.fromkeys(("allowed", "paid", "patient_owes"), 0),
            currency=claim.currency,
            trace=[],
        )
        trace = [
            {
                "step": "medical_review",
                "said": "denied",
                "adjustments": [{"group": "CO", "code": "50", "amount": "150.00"}],
            }
        ]
        AdjudicationLine.objects.create(
            adjudication=judged, sequence=1, billed=150, adjusted=150, allowed=0, paid=0, trace=trace
        )
    return claim


def member_with(insurer: Insurer, *rights: str) -> Any:
    """Somebody whose own role has these rights and no other."""
    manager = actor_for(new_member(insurer.organization, *registry().roles))
    with enter(insurer.organization.id):
        add_role(actor=manager, code="of-a-kind", title="Of a kind", rights=list(rights))
    return new_member(insurer.organization, "of-a-kind")


def test_pages_tell_no_reasons_and_no_codes(one: Insurer) -> None:
    claim = denied(one)
    finance, admin = (with_session(new_member(one.organization, role)) for role in ("claims-finance", "claims-admin"))
    for path in (f"/claims/{claim.id}/", f"/claims/{claim.id}/history/", f"/claims/{claim.id}/documents/"):
        shown = finance.get(path).content.decode()
        assert not [word for word in TELLING if word in shown], path
    shown = admin.get(f"/claims/{claim.id}/").content.decode()
    assert all(word in shown for word in TELLING[:4])


def test_why_a_claim_is_under_review_is_told_and_asked_for_nowhere(one: Insurer) -> None:
    claim = one.new(stage=Stage.UNDER_REVIEW, pend=Pend.DUPLICATE)
    denied(one)
    client = with_session(new_member(one.organization, "claims-finance"))
    for path in ("/claims/", f"/claims/{claim.id}/", f"/claims/{claim.id}/history/", "/claims/?pend=medical"):
        assert "Suspect duplicate" not in client.get(path).content.decode(), path
    for query in ("pend=medical", "carc=CO-50", "carc=45"):
        shown = client.get(f"/claims/?{query}").content.decode()
        assert claim.number in shown, query


def test_judgements_tell_amounts_and_not_why(one: Insurer) -> None:
    claim = denied(one)
    [judged] = with_token(new_member(one.organization, "claims-finance")).get(f"{LIST}{claim.id}/adjudications").json()
    assert (judged["billed"], judged["outcome"]) == ("150.00", "denied")
    assert (judged["pend"], judged["trace"], judged["lines"][0]["trace"]) == (None, [], [])


def test_of_patients_the_name_is_shown_and_not_the_person(one: Insurer) -> None:
    finance = new_member(one.organization, "claims-finance")
    with enter(one.organization.id):
        type(one.patient).objects.filter(id=one.patient.id).update(email="ada@example.org", phone="555 0199")
    shown = with_token(finance).get(f"/api/patients/{one.patient.id}/").json()
    [listed] = with_token(finance).get("/api/patients/").json()["results"]
    for each in (shown, listed):
        assert (each["last_name"], each["masked"]) == (one.patient.last_name, True)
        assert {each[name] for name in ("date_of_birth", "gender", "email", "phone", "died_on")} == {None}
    for path in ("/claims/patients/", f"/claims/patients/{one.patient.id}/", f"/claims/{one.claim.id}/"):
        page = with_session(finance).get(path).content.decode()
        assert one.patient.last_name in page
        assert not [word for word in ("1985", "ada@example.org", "555 0199", "Female") if word in page], path
    assert one.clients["provider"].get(f"/api/patients/{one.patient.id}/").json()["date_of_birth"] == "1985-12-10"


@pytest.mark.parametrize("more", [PROCESS, MANAGE])
def test_who_may_change_claims_and_sees_amounts_opens_no_form_that_tells_more(one: Insurer, more: str) -> None:
    claim = one.new(diagnosis_code="F32.1", codes=("55555",))
    approved = one.new(stage=Stage.APPROVED, diagnosis_code="F32.1", codes=("55555",))
    client = with_session(member_with(one, SEE_MONEY, more))
    assert client.get(f"/claims/{claim.id}/").status_code == 200
    for path in (f"/claims/{claim.id}/change/", f"/claims/{approved.id}/correct/"):
        assert client.get(path).status_code in (403, 404), path


def test_a_version_that_was_another_providers_is_not_told(one: Insurer, admin: Client) -> None:
    with enter(one.organization.id):
        other = new_provider()
    claim = one.new(stage=Stage.APPROVED, provider=other, amounts=("777.00",))
    body = {"correction": "replaced", "reason": "Another treated.", "claim": flat(one)}
    assert send(admin, f"{LIST}{claim.id}/correct", body).status_code == 201
    with enter(one.organization.id):
        successor = Claim.objects.get(replaces=claim)
    path = f"/claims/{successor.id}/history/"
    assert "777.00" in with_session(one.members["claims-admin"]).get(path).content.decode()
    shown = with_session(one.members["provider"]).get(path).content.decode()
    assert successor.label in shown and "777.00" not in shown and str(claim.id) not in shown


def test_the_trail_says_that_reasons_and_codes_changed_and_not_to_what(one: Insurer, admin: Client) -> None:
    reason = "Severe depression is not covered."
    assert send(admin, f"{LIST}{one.claim.id}/", {"diagnosis_code": "F32.1"}, "PATCH").status_code == 200
    answer = send(admin, f"{LIST}{one.claim.id}/", {"status": "rejected", "rejection_reason": reason}, "PATCH")
    assert answer.status_code == 200
    with enter(one.organization.id):
        told = [str(each.columns) for each in Change.objects.filter(row_id=one.claim.id)]
    assert any("rejection_reason" in each for each in told) and any("diagnosis_code" in each for each in told)
    auditor = with_session(new_member(one.organization, "auditor"))
    shown = auditor.get(f"/audit/history/claims.claim/{one.claim.id}/").content.decode()
    for word in ("F32.1", reason):
        assert not any(word in each for each in (*told, shown)), word
