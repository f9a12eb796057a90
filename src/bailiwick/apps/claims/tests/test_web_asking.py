"""The pages on which something is asked, answered, handed in and appealed, and the board of deadlines."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate, now

from bailiwick.apps.claims.actions.clocks import pause_clocks, start_clocks
from bailiwick.apps.claims.choices import ClockKind, RequestState, Stage
from bailiwick.apps.claims.models import Appeal, Attachment, Claim, Clock, ClockRule, InformationRequest
from bailiwick.apps.claims.tests.factories import new_patient, new_stored_claim
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.files.tests.test_documents import PDF, PNG
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import new_member

In = Callable[..., Client]


@pytest.fixture
def signed_in(organization: Any) -> In:
    return lambda *roles: with_session(new_member(organization, *roles))


@pytest.fixture
def manager(signed_in: In) -> Client:
    return signed_in("claims-admin")


@pytest.fixture
def patient(organization: Any) -> Member:
    return new_member(organization, "patient")


@pytest.fixture
def claim(organization: Any, scope: Any, patient: Member) -> Claim:
    with scope(organization):
        return new_stored_claim(patient=new_patient(member_id=patient.id))


def pdf(name: str = "letter.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def asked_of(manager: Client, claim: Claim, organization: Any, scope: Any) -> str:
    given = {"asked": "The discharge letter.", "due_at": localdate() + timedelta(days=45)}
    answer = manager.post(f"/claims/{claim.id}/ask/", given, follow=True)
    assert "The discharge letter." in answer.content.decode()
    with scope(organization):
        return f"/claims/{claim.id}/requests/{InformationRequest.objects.latest('id').id}"


def test_a_patient_answers_with_words_and_documents(
    manager: Client, patient: Member, claim: Claim, organization: Any, scope: Any
) -> None:
    address = asked_of(manager, claim, organization, scope)
    client = with_session(patient)
    assert "The discharge letter." in client.get(f"{address}/answer/").content.decode()
    given = {"answer": "Here it is.", "file": [pdf(), pdf("scan.png", PNG)]}
    answer = client.post(f"{address}/answer/", given, follow=True)
    assert "Answered. We look at the claim again." in answer.content.decode()
    assert "Here it is." in answer.content.decode()
    with scope(organization):
        assert Attachment.objects.count() == 2
        assert InformationRequest.objects.get().state == RequestState.ANSWERED


def test_what_is_no_answer_is_said_beside_its_field(
    manager: Client, patient: Member, claim: Claim, organization: Any, scope: Any
) -> None:
    address = asked_of(manager, claim, organization, scope)
    client = with_session(patient)
    for given, said in [
        ({"answer": ""}, "Write an answer, or hand in a document."),
        ({"answer": "Here.", "file": pdf("letter.pdf", b"<html>")}, "Give PDF, image (PNG)"),
    ]:
        refused = client.post(f"{address}/answer/", given)
        assert refused.status_code == 422
        assert said in refused.content.decode()


def test_a_question_says_what_is_missing_and_leaves_time(manager: Client, claim: Claim) -> None:
    page = manager.get(f"/claims/{claim.id}/ask/").content.decode()
    assert (localdate() + timedelta(days=45)).isoformat() in page
    for given in ({"asked": "", "due_at": "2030-01-01"}, {"asked": "What?", "due_at": "2020-01-01"}):
        assert manager.post(f"/claims/{claim.id}/ask/", given).status_code == 422


def test_a_question_is_withdrawn(manager: Client, claim: Claim, organization: Any, scope: Any) -> None:
    address = asked_of(manager, claim, organization, scope)
    assert "The discharge letter." in manager.get(f"{address}/withdraw/").content.decode()
    assert "Withdrawn." in manager.post(f"{address}/withdraw/", follow=True).content.decode()
    assert manager.post(f"{address}/withdraw/").status_code == 409


def test_a_request_is_found_under_its_own_claim_by_who_sees_it_whole(
    manager: Client, signed_in: In, claim: Claim, organization: Any, scope: Any
) -> None:
    address = asked_of(manager, claim, organization, scope)
    with scope(organization):
        other = new_stored_claim()
    moved = address.replace(str(claim.id), str(other.id))
    for step in ("answer", "withdraw"):
        assert manager.get(f"{moved}/{step}/").status_code == 404
        assert signed_in("claims-finance").get(f"{address}/{step}/").status_code == 404
        assert signed_in("patient").get(f"{address}/{step}/").status_code == 404


def test_a_document_is_handed_in_and_opened(
    manager: Client, signed_in: In, patient: Member, claim: Claim, organization: Any, scope: Any
) -> None:
    client, address = with_session(patient), f"/claims/{claim.id}/documents"
    assert client.get(f"{address}/add/").status_code == 200
    assert client.post(f"{address}/add/", {}).status_code == 422
    answer = client.post(f"{address}/add/", {"file": pdf(), "note": "From my doctor."}, follow=True)
    assert answer.redirect_chain == [(f"{address}/", 302)]
    with scope(organization):
        key = Attachment.objects.get().id
    for reader in (client, manager, signed_in("claims-reader")):
        opened = reader.get(f"{address}/{key}/")
        assert b"".join(opened.streaming_content) == PDF
        assert opened.headers["Content-Disposition"].startswith("attachment")
    for stranger in (signed_in("claims-finance"), signed_in("patient"), signed_in("claims-processor")):
        assert stranger.get(f"{address}/{key}/").status_code == 404
    with scope(organization):
        assert Event.objects.filter(verb="files.file.opened").count() == 3


def test_a_patient_appeals_until_a_day(patient: Member, claim: Claim, organization: Any, scope: Any) -> None:
    client, address = with_session(patient), f"/claims/{claim.id}/appeal/"
    assert client.post(address, {"reason": "Now."}).status_code == 409
    with scope(organization):
        ClockRule.objects.create(kind=ClockKind.APPEAL_FILING, days=180, basis="x", valid_from=date(2020, 1, 1))
        Claim.objects.update(stage=Stage.DENIED, status="rejected", decided_at=now())
    assert "An appeal may be filed until" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    answer = client.post(address, {"reason": "It was necessary.", "file": pdf()}, follow=True)
    assert "It was necessary." in answer.content.decode()
    with scope(organization):
        assert Appeal.objects.get().level == 1
        assert Attachment.objects.count() == 1


def test_a_late_appeal_is_told_until_when(patient: Member, claim: Claim, organization: Any, scope: Any) -> None:
    with scope(organization):
        ClockRule.objects.create(kind=ClockKind.APPEAL_FILING, days=180, basis="x", valid_from=date(2020, 1, 1))
        Claim.objects.update(stage=Stage.DENIED, status="rejected", decided_at=now() - timedelta(days=200))
    answer = with_session(patient).post(f"/claims/{claim.id}/appeal/", {"reason": "It was necessary."})
    assert answer.status_code == 400
    assert "it could be filed until" in answer.content.decode()


@pytest.fixture
def clocks(organization: Any, scope: Any) -> dict[str, str]:
    """Numbers of claims by what became of their clock."""
    ages = {"running": 1, "soon": 25, "breached": 40, "paused": 2, "done": 3, "late": 50}
    with scope(organization):
        ClockRule.objects.create(
            kind=ClockKind.PAYMENT, days=30, basis="42 CFR 422.520(a)", valid_from=date(2020, 1, 1)
        )
        claims = {name: new_stored_claim(submitted_at=now() - timedelta(days=age)) for name, age in ages.items()}
        start_clocks(list(claims.values()))
        pause_clocks([claims["paused"]])
        Clock.objects.filter(claim__in=[claims["done"], claims["late"]]).update(met_at=now())
        Clock.objects.filter(claim=claims["late"]).update(breached_at=now())
        return {name: claim.number for name, claim in claims.items()}


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("", {"running", "soon", "breached", "paused"}),
        ("soon", {"soon"}),
        ("breached", {"breached"}),
        ("paused", {"paused"}),
        ("running", {"running", "soon"}),
        ("met", {"done", "late"}),
    ],
)
def test_the_board_shows_what_is_due_and_what_passed(
    manager: Client, clocks: dict[str, str], state: str, shown: set[str]
) -> None:
    page = manager.get(f"/claims/clocks/?state={state}&kind=payment").content.decode()
    assert {name for name, number in clocks.items() if number in page} == shown
    assert "42 CFR 422.520(a)" in page


def test_the_board_shows_a_processor_their_own_claims_and_others_none(signed_in: In, clocks: dict[str, str]) -> None:
    page = signed_in("claims-processor").get("/claims/clocks/").content.decode()
    assert not any(number in page for number in clocks.values())
    assert signed_in("patient").get("/claims/clocks/").status_code == 403
