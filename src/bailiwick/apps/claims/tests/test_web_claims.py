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
