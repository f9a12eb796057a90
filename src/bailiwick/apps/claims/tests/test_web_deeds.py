"""What is done to claims by hand: each deed on its page, many from the list, and corrections."""

from decimal import Decimal
from typing import Any

import pytest

from bailiwick.apps.claims.actions.changing import change_claim
from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.tests.factories import new_patient, new_stored_claim
from bailiwick.kernel.testing.clients import with_session, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(organization: Any, member: Any) -> Any:
    return member(organization, "claims-admin")


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def written(**values: str) -> dict[str, Any]:
    """A claim as the form sends it."""
    given = {
        "service_date": "2026-03-02",
        "diagnoses": "C00.0",
        "kind": "professional",
        "line-procedure": "99213",
        "line-modifiers": "",
        "line-pointers": "1",
        "line-units": "1",
        "line-amount": "150.00",
        "line-text": "",
    }
    return given | values


@pytest.mark.parametrize(
    ("deed", "stage", "values", "becomes"),
    [
        ("approve", Stage.ACCEPTED, {}, Stage.APPROVED),
        ("reject", Stage.ACCEPTED, {"reason": "Not covered."}, Stage.DENIED),
        ("reopen", Stage.DENIED, {"reason": "New evidence."}, Stage.ACCEPTED),
        ("review", Stage.ACCEPTED, {}, Stage.UNDER_REVIEW),
    ],
)
def test_each_deed_says_what_follows_and_is_done(
    organization: Any, admin: Any, scope: Any, deed: str, stage: Stage, values: dict[str, str], becomes: Stage
) -> None:
    with scope(organization):
        claim = new_stored_claim(stage=stage)
    client, address = with_session(admin), f"/claims/{claim.id}/{deed}/"
    assert address in text_of(client.get(f"/claims/{claim.id}/"))
    assert claim.number in text_of(client.get(address))
    if values:
        assert client.post(address, {}).status_code == 422
    assert client.post(address, values).headers["Location"] == f"/claims/{claim.id}/"
    with scope(organization):
        claim.refresh_from_db()
    assert claim.stage == becomes


def test_the_button_names_the_amount_and_finance_pays_it(
    organization: Any, admin: Any, member: Any, scope: Any
) -> None:
    with scope(organization):
        claim = new_stored_claim(stage=Stage.ACCEPTED)
    assert "Approve $150.00" in text_of(with_session(admin).get(f"/claims/{claim.id}/"))
    with_session(admin).post(f"/claims/{claim.id}/approve/")
    client = with_session(member(organization, "claims-finance"))
    assert "Pay $150.00" in text_of(client.get(f"/claims/{claim.id}/"))
    assert "Pay $150.00" in text_of(client.get(f"/claims/{claim.id}/pay/"))
    assert client.post(f"/claims/{claim.id}/pay/").status_code == 302
    with scope(organization):
        claim.refresh_from_db()
    assert claim.stage == Stage.PAID


def test_a_claim_is_assigned_and_withdrawn(organization: Any, admin: Any, member: Any, scope: Any) -> None:
    worker = member(organization, "claims-processor")
    with scope(organization):
        claim = new_stored_claim()
    client = with_session(admin)
    assert with_session(worker).get(f"/claims/{claim.id}/").status_code == 404
    assert client.post(f"/claims/{claim.id}/assign/", {"assigned_processor": str(worker.id)}).status_code == 302
    assert with_session(worker).get(f"/claims/{claim.id}/").status_code == 200
    assert client.post(f"/claims/{claim.id}/withdraw/").headers["Location"] == "/claims/"
    assert client.get(f"/claims/{claim.id}/").status_code == 404


def test_what_is_paid_is_corrected_by_a_new_version(organization: Any, admin: Any, scope: Any) -> None:
    with scope(organization):
        claim = new_stored_claim(patient=new_patient(number="P-1"))
    client, record = with_session(admin), f"/claims/{claim.id}/"
    client.post(f"{record}approve/")
    assert f"{record}correct/" in text_of(client.get(record))
    assert 'value="150.00"' in text_of(client.get(f"{record}correct/"))
    body = written(patient="P-1", provider=str(claim.provider_id), **{"line-procedure": "10001", "line-place": "1"})
    assert client.post(f"{record}correct/", body | {"correction": "adjusted"}).status_code == 422
    given = body | {"correction": "adjusted", "reason": "One unit too few.", "line-amount": "200.00"}
    answer = client.post(f"{record}correct/", given)
    shown = text_of(client.get(answer.headers["Location"]))
    assert "The payment changes by $50.00." in shown
    assert f"{claim.number} v2" in shown
    assert "This version does not count any more." in text_of(client.get(record))


def test_a_voided_claim_needs_no_more_than_why(organization: Any, admin: Any, scope: Any) -> None:
    with scope(organization):
        claim = new_stored_claim()
    client, record = with_session(admin), f"/claims/{claim.id}/"
    client.post(f"{record}approve/")
    answer = client.post(f"{record}correct/", {"correction": "voided", "reason": "Another patient's."}, follow=True)
    assert "Voided" in text_of(answer)
    with scope(organization):
        claim.refresh_from_db()
    assert claim.stage == Stage.VOIDED


def test_many_claims_are_assigned_decided_and_paid_from_the_list(
    organization: Any, admin: Any, member: Any, scope: Any
) -> None:
    worker = member(organization, "claims-processor")
    with scope(organization):
        open_ones = [new_stored_claim() for _ in range(3)]
        paid = new_stored_claim(stage=Stage.PAID)
    client = with_session(admin)
    rows = [str(each.id) for each in open_ones]
    assert f'<option value="{worker.id}">' in text_of(client.get("/claims/"))
    assigned = client.post("/claims/", {"do": "bulk:assign", "reason:assign": str(worker.id), "row": rows})
    assert assigned.status_code == 302
    assert client.post("/claims/", {"do": "bulk:assign", "reason:assign": str(paid.id), "row": rows}).status_code == 400
    denied = client.post("/claims/", {"do": "bulk:reject", "reason:reject": "Not covered.", "row": rows[:1]})
    assert denied.status_code == 302
    shown = text_of(client.post("/claims/", {"do": "bulk:approve", "row": [*rows[1:], str(paid.id)]}))
    assert "2 done, 1 skipped." in shown
    assert "approved or paid" in shown
    assert client.post("/claims/", {"do": "bulk:pay", "row": rows[1:]}).status_code == 302
    with scope(organization):
        found = Claim.objects.filter(id__in=rows).order_by("id")
        assert [each.stage for each in found] == [Stage.DENIED, Stage.PAID, Stage.PAID]
        assert {each.assigned_processor_id for each in found} == {worker.id}


@pytest.mark.parametrize("deed", ["approve", "reject", "withdraw", "review"])
def test_who_opened_a_deed_on_an_older_edition_is_told_what_changed(
    organization: Any, admin: Any, scope: Any, actor_of: Any, deed: str
) -> None:
    with scope(organization):
        claim = new_stored_claim()
    client, address = with_session(admin), f"/claims/{claim.id}/{deed}/"
    assert 'name="edition" value="1"' in text_of(client.get(address))
    with scope(organization):
        change_claim(actor=actor_of(admin), claim_id=claim.id, said={"amount": Decimal("900.00")})
    answer = client.post(address, {"reason": "Seen.", "edition": "1"})
    shown = text_of(answer)
    assert answer.status_code == 409 and "Somebody has changed the claim since you opened it" in shown
    assert "$900.00" in shown and 'name="edition" value="2"' in shown
    with scope(organization):
        claim.refresh_from_db()
    assert (claim.stage, claim.withdrawn_at) == (Stage.ACCEPTED, None)
    assert client.post(address, {"reason": "Seen.", "edition": "2"}).status_code == 302


def test_what_was_paid_since_it_was_opened_is_not_corrected_unseen(organization: Any, admin: Any, scope: Any) -> None:
    with scope(organization):
        claim = new_stored_claim()
    client, record = with_session(admin), f"/claims/{claim.id}/"
    client.post(f"{record}approve/")
    shown = text_of(client.get(f"{record}correct/"))
    with scope(organization):
        claim.refresh_from_db()
    assert f'name="edition" value="{claim.edition}"' in shown
    client.post(f"{record}pay/")
    body = written(provider=str(claim.provider_id), correction="voided", reason="Never done.")
    answer = client.post(f"{record}correct/", body | {"edition": str(claim.edition)})
    assert answer.status_code == 409 and "Somebody has changed the claim" in text_of(answer)
    sent = {"correction": "voided", "reason": "Never done.", "edition": claim.edition}
    answer = with_token(admin).post(f"/api/claims/{claim.id}/correct", sent, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "claims.stale")
    with scope(organization):
        claim.refresh_from_db()
    assert claim.stage == Stage.PAID
