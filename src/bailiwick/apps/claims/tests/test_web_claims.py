"""The list of claims, the page of one, and the form by which one is submitted."""

from typing import Any

import pytest

from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.tests.factories import new_patient, new_provider, new_stored_claim
from bailiwick.kernel.testing.clients import with_session

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


def test_the_list_shows_claims_by_stage_and_narrows_by_the_names_of_the_api(
    organization: Any, admin: Any, scope: Any
) -> None:
    with scope(organization):
        accepted = new_stored_claim(stage=Stage.ACCEPTED)
        denied = new_stored_claim(stage=Stage.DENIED, amounts=("900.00",))
    client = with_session(admin)
    shown = text_of(client.get("/claims/"))
    assert accepted.number in shown
    assert denied.number in shown
    for query in ("stage=denied", "status=rejected", "min_amount=500", f"provider_id={denied.provider_id}"):
        shown = text_of(client.get(f"/claims/?{query}"))
        assert denied.number in shown, query
        assert accepted.number not in shown, query


def test_who_sees_amounts_alone_is_not_shown_what_was_diagnosed_and_done(
    organization: Any, member: Any, scope: Any
) -> None:
    with scope(organization):
        claim = new_stored_claim(stage=Stage.APPROVED, codes=("55555",), paid="150.00", diagnosis_code="F32.1")
    client = with_session(member(organization, "claims-finance"))
    for address in ("/claims/", f"/claims/{claim.id}/"):
        shown = text_of(client.get(address))
        assert claim.number in shown
        assert "hidden" in shown
        assert "55555" not in shown
        assert "F32.1" not in shown


def test_a_claim_tells_its_lines_and_their_sum(organization: Any, admin: Any, scope: Any) -> None:
    with scope(organization):
        claim = new_stored_claim(amounts=("150.00", "50.00"), codes=("99213", "71046"))
    shown = text_of(with_session(admin).get(f"/claims/{claim.id}/"))
    assert "total agrees with the claim" in shown
    for expected in ("99213", "71046", "$200.00", "C00.0", "Accepted"):
        assert expected in shown


def test_a_claim_that_nobody_shows_me_is_not_there(organization: Any, member: Any, scope: Any) -> None:
    with scope(organization):
        claim = new_stored_claim()
    for role in ("provider", "patient", "claims-processor"):
        client = with_session(member(organization, role))
        for address in ("", "documents/", "history/"):
            assert client.get(f"/claims/{claim.id}/{address}").status_code == 404


def test_a_provider_submits_for_their_patient(organization: Any, member: Any, scope: Any) -> None:
    doctor = member(organization, "provider")
    with scope(organization):
        patient = new_patient(number="P-1")
        provider = new_provider(member=doctor)
    client = with_session(doctor)
    form = client.get("/claims/new/")
    assert provider.name in text_of(form)
    answer = client.post("/claims/new/", written(patient="P-1", provider=str(provider.id)))
    with scope(organization):
        claim = Claim.objects.get()
    assert answer.headers["Location"] == f"/claims/{claim.id}/"
    assert (claim.patient_id, claim.provider_id, claim.source) == (patient.id, provider.id, "page")
    assert "Claim submitted." in text_of(client.get(answer.headers["Location"]))


def test_a_line_is_added_without_script_and_nothing_typed_is_lost(organization: Any, admin: Any) -> None:
    answer = with_session(admin).post("/claims/new/", written(patient="nobody yet", do="line"))
    shown = text_of(answer)
    assert answer.status_code == 200
    assert shown.count('name="line-procedure"') == 2
    assert "nobody yet" in shown
    assert "field-error" not in shown


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"patient": "Nobody"}, "Choose a patient from the list"),
        ({"line-amount": "much"}, "Line 1: Give the amount"),
        ({"line-units": "0"}, "Line 1: Give the units"),
        ({"line-pointers": "x"}, "Line 1: Name the diagnoses"),
        ({"line-procedure": "", "line-amount": ""}, "Give at least one line"),
        ({"service_date": "2999-01-01"}, "has not come yet"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    organization: Any, admin: Any, scope: Any, wrong: dict[str, str], sentence: str
) -> None:
    with scope(organization):
        new_patient(number="P-1")
        provider = new_provider()
    answer = with_session(admin).post(
        "/claims/new/", written(**{"patient": "P-1", "provider": str(provider.id), "line-pointers": ""} | wrong)
    )
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    with scope(organization):
        assert not Claim.objects.exists()


def test_what_is_not_in_order_is_said_on_the_claim_with_what_would_be_right(
    organization: Any, admin: Any, scope: Any
) -> None:
    with scope(organization):
        new_patient(number="P-1")
        provider = new_provider(npi="1234567890")
    client = with_session(admin)
    answer = client.post("/claims/new/", written(patient="P-1", provider=str(provider.id)), follow=True)
    shown = text_of(answer)
    assert "Rejected at the door" in shown
    assert "NPI" in shown


def test_what_is_begun_is_kept_for_its_author_alone_and_submitted_later(
    organization: Any, member: Any, admin: Any, scope: Any
) -> None:
    with scope(organization):
        new_patient(number="P-1")
        provider = new_provider()
    client, body = with_session(admin), written(patient="P-1", provider=str(provider.id))
    kept = client.post("/claims/new/", body | {"do": "draft"}).headers["Location"]
    assert "1 draft" in text_of(client.get("/claims/"))
    assert "99213" in text_of(client.get("/claims/drafts/"))
    other = with_session(member(organization, "claims-admin"))
    assert other.get(kept).status_code == 404
    assert kept.startswith("/claims/drafts/")
    assert client.post(kept, body | {"do": "line"}).status_code == 200
    assert client.post(kept, body | {"line-amount": "?"}).status_code == 422
    assert client.post(kept, body | {"line-amount": "175.00", "do": "draft"}).status_code == 302
    assert 'value="175.00"' in text_of(client.get(kept))
    record = client.post(kept, body | {"line-amount": "180.00"}).headers["Location"]
    assert "$180.00" in text_of(other.get(record))
    again = client.post("/claims/new/", body | {"do": "draft"}).headers["Location"]
    assert client.post(again, {"do": "discard"}).headers["Location"] == "/claims/drafts/"
    assert client.get(again).status_code == 404


def test_who_changes_an_older_edition_sees_what_changed_and_keeps_what_they_typed(
    organization: Any, admin: Any, scope: Any
) -> None:
    with scope(organization):
        claim = new_stored_claim(patient=new_patient(number="P-1"))
    client, address = with_session(admin), f"/claims/{claim.id}/change/"
    assert 'name="edition" value="1"' in text_of(client.get(address))
    body = written(patient="P-1", provider=str(claim.provider_id), edition="1", **{"line-procedure": "10001"})
    assert client.post(address, body | {"line-amount": "175.00"}).status_code == 302
    answer = client.post(address, body | {"line-amount": "222.00"})
    shown = text_of(answer)
    assert answer.status_code == 409
    assert "Somebody has changed the claim since you opened it" in shown
    assert "amount" in shown
    assert 'value="222.00"' in shown
    assert 'name="edition" value="2"' in shown
    with scope(organization):
        claim.refresh_from_db()
    assert str(claim.amount) == "175.00"


def test_a_change_keeps_what_the_form_does_not_ask(organization: Any, admin: Any, scope: Any) -> None:
    with scope(organization):
        claim = new_stored_claim(patient=new_patient(number="P-1"), amounts=("150.00", "50.00"))
        claim.lines.update(ndc="00069058061", more={"programCode": "x"})
    client, address = with_session(admin), f"/claims/{claim.id}/change/"
    body = written(patient="P-1", provider=str(claim.provider_id), edition="1")
    lines = {
        "line-procedure": ["", "10001"],
        "line-modifiers": ["", "25"],
        "line-pointers": ["", "1"],
        "line-units": ["1", "1"],
        "line-amount": ["", "60.00"],
        "line-text": ["", ""],
        "line-place": ["1", "2"],
    }
    assert client.post(address, body | lines).status_code == 302
    with scope(organization):
        [line] = claim.lines.filter(revision=2)
    assert (line.place, line.ndc, line.more, line.modifiers) == ("1", "00069058061", {"programCode": "x"}, ["25"])


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
