"""Work, questions, documents and appeals by API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from bailiwick.apps.claims.choices import Pend, Stage
from bailiwick.apps.claims.models import Claim, InformationRequest
from bailiwick.apps.claims.tests.factories import new_patient, new_stored_claim
from bailiwick.apps.claims.tests.reviewing import new_reviewed
from bailiwick.kernel.audit.models import Event, Read
from bailiwick.kernel.files.tests.test_documents import PDF
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.clients import with_token
from bailiwick.kernel.testing.factories import new_member

In = Callable[..., Client]
JSON = "application/json"


@pytest.fixture
def signed_in(organization: Any) -> In:
    return lambda *roles: with_token(new_member(organization, *roles))


@pytest.fixture
def processor(signed_in: In) -> Client:
    return signed_in("claims-processor")


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


def step(client: Client, name: str, **body: Any) -> Any:
    return client.post(f"/api/claims/work/{name}/", body, content_type=JSON)


def take(client: Client, queue: str = "claims.medical") -> dict[str, Any]:
    answer = step(client, "next", queue=queue)
    assert answer.status_code == 200
    taken = answer.json()
    return {"queue": queue, "subject": taken["subject"], "claim_token": taken["claim_token"]}


def test_what_is_next_comes_whole_and_is_recorded_as_read(processor: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        claim = new_reviewed()
    taken = step(processor, "next", queue="claims.medical").json()
    assert (taken["subject"], taken["round"], taken["appeal"]) == (str(claim.id), 1, None)
    assert (taken["claim"]["number"], taken["claim"]["pend"]) == (claim.number, "medical")
    assert taken["claim"]["lines"][0]["procedure_code"] == "10001"
    with scope(organization):
        assert Read.objects.filter(purpose="processing").exists()
    assert step(processor, "next", queue="claims.duplicates").status_code == 204


def test_a_claim_is_decided_once(processor: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        claim = new_reviewed()
    held = take(processor)
    answers = [step(processor, "decide", **held, verdict="approve", reason="Seen.") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    first, again = (answer.json() for answer in answers)
    assert first == {"claim": str(claim.id), "stage": "approved", "pend": "", "decision": again["decision"]}
    assert step(processor, "decide", **held, verdict="deny", reason="No.").status_code == 409


def test_a_high_amount_waits_for_its_second_person(signed_in: In, organization: Any, scope: Any) -> None:
    with scope(organization):
        new_reviewed(Pend.AMOUNT)
    people = [signed_in("claims-processor") for _ in range(2)]
    stages = [step(each, "decide", **take(each, "claims.amounts"), verdict="approve").json() for each in people]
    assert [(each["stage"], each["pend"]) for each in stages] == [("under_review", "amount"), ("approved", "")]


@pytest.mark.parametrize(
    ("given", "field"),
    [({"verdict": "maybe"}, "verdict"), ({"verdict": "deny"}, "reason"), ({"verdict": "upheld"}, "verdict")],
    ids=["word", "reason", "appeal"],
)
def test_what_makes_no_decision_is_400_beside_the_field(
    processor: Client, organization: Any, scope: Any, given: dict[str, str], field: str
) -> None:
    with scope(organization):
        new_reviewed()
    answer = step(processor, "decide", **take(processor), **given)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_a_decision_on_another_edition_is_409(processor: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        new_reviewed()
    answer = step(processor, "decide", **take(processor), verdict="approve", edition=99)
    assert (answer.status_code, answer.json()["code"]) == (409, "claims.stale")


def test_work_is_renewed_released_and_skipped(processor: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        new_reviewed()
    held = take(processor)
    assert step(processor, "renew", **held).json()["lease_expires_at"]
    assert step(processor, "release", **held).status_code == 204
    assert step(processor, "renew", **held).status_code == 409
    held = take(processor)
    assert step(processor, "skip", **held).status_code == 400
    assert step(processor, "skip", **held, reason="I know them.").status_code == 204
    assert step(processor, "next", queue="claims.medical").status_code == 204


@pytest.mark.parametrize("name", ["next", "decide", "skip", "release", "renew"])
def test_a_queue_asks_for_its_right(processor: Client, signed_in: In, name: str) -> None:
    held = {"subject": "01a2016a-cef8-7e21-85b9-cf0ec215a36f", "claim_token": "x", "verdict": "upheld", "reason": "x"}
    assert step(processor, name, queue="claims.appeals", **held).status_code == 403
    assert step(signed_in("patient"), name, queue="claims.medical", **held).status_code == 403
    assert step(processor, name, queue="predictions.review", **held).status_code == 400


def test_an_appeal_is_filed_and_decided(
    patient: Member, signed_in: In, claim: Claim, organization: Any, scope: Any
) -> None:
    with scope(organization):
        Claim.objects.update(stage=Stage.DENIED, status="rejected", decided_at=now())
    client, address = with_token(patient), f"/api/claims/{claim.id}/appeals/"
    assert client.post(address, {}, content_type=JSON).status_code == 400
    filed = client.post(address, {"reason": "It was necessary."}, content_type=JSON)
    assert (filed.status_code, filed.json()["level"]) == (201, 1)
    assert client.post(address, {"reason": "Again."}, content_type=JSON).json()["code"] == "claims.appeal_open"
    examiner = signed_in("claims-examiner")
    assert step(examiner, "next", queue="claims.appeals").json()["appeal"]["reason"] == "It was necessary."
    held = take(examiner, "claims.appeals")
    assert step(examiner, "decide", **held, verdict="upheld", reason="").status_code == 400
    decided = step(examiner, "decide", **held, verdict="upheld", reason="It is not covered.")
    assert (decided.status_code, decided.json()["stage"]) == (201, "denied")
    [shown] = client.get(address).json()
    assert (shown["verdict"], shown["answer"]) == ("upheld", "It is not covered.")
    [masked] = signed_in("claims-finance").get(address).json()
    assert (masked["verdict"], masked["reason"], masked["answer"]) == ("upheld", None, None)


def test_an_examiner_skips_an_appeal(
    manager: Client, signed_in: In, claim: Claim, organization: Any, scope: Any
) -> None:
    with scope(organization):
        Claim.objects.update(stage=Stage.DENIED, status="rejected", decided_at=now())
    manager.post(f"/api/claims/{claim.id}/appeals/", {"reason": "For them."}, content_type=JSON)
    examiner = signed_in("claims-examiner")
    assert step(examiner, "skip", **take(examiner, "claims.appeals"), reason="I treated them.").status_code == 204
    assert step(examiner, "next", queue="claims.appeals").status_code == 204


def test_a_question_is_asked_and_answered_with_a_document(
    manager: Client, patient: Member, signed_in: In, claim: Claim
) -> None:
    client, address = with_token(patient), f"/api/claims/{claim.id}/requests/"
    asked = manager.post(address, {"asked": "The letter."}, content_type=JSON)
    assert (asked.status_code, asked.json()["state"]) == (201, "open")
    one = f"{address}{asked.json()['id']}/"
    assert client.post(f"{one}answer/", {}, content_type=JSON).status_code == 400
    answered = client.post(f"{one}answer/", {"answer": "Here.", "file": SimpleUploadedFile("letter.pdf", PDF)})
    assert (answered.status_code, answered.json()["state"]) == (200, "answered")
    assert client.post(f"{one}answer/", {"answer": "Again."}, content_type=JSON).status_code == 409
    assert manager.post(f"{one}withdraw/").status_code == 409
    assert [each["answer"] for each in client.get(address).json()] == ["Here."]
    assert [each["answer"] for each in signed_in("claims-finance").get(address).json()] == [None]
    [document] = client.get(f"/api/claims/{claim.id}/documents/").json()
    assert (document["name"], document["kind"], document["size"]) == ("letter.pdf", "pdf", len(PDF))
    assert document["request"] == asked.json()["id"]


def test_a_question_is_withdrawn(manager: Client, patient: Member, claim: Claim, organization: Any, scope: Any) -> None:
    address = f"/api/claims/{claim.id}/requests/"
    one = manager.post(address, {"asked": "The letter."}, content_type=JSON).json()["id"]
    assert with_token(patient).post(f"{address}{one}/withdraw/").status_code == 403
    assert manager.post(f"{address}{one}/withdraw/").json()["state"] == "withdrawn"
    with scope(organization):
        assert InformationRequest.objects.count() == 1


def test_documents_are_handed_in_and_downloaded_by_who_sees_the_claim_whole(
    patient: Member, signed_in: In, claim: Claim, organization: Any, scope: Any
) -> None:
    client, address = with_token(patient), f"/api/claims/{claim.id}/documents/"
    assert client.post(address, {}).status_code == 400
    assert client.post(address, {"file": SimpleUploadedFile("letter.pdf", b"no")}).status_code == 400
    files = [SimpleUploadedFile(name, PDF) for name in ("one.pdf", "two.pdf")]
    made = client.post(address, {"file": files, "note": "Both."}).json()
    assert [each["name"] for each in made] == ["one.pdf", "two.pdf"]
    one = f"{address}{made[0]['id']}/"
    answer = signed_in("claims-reader").get(one)
    assert b"".join(answer.streaming_content) == PDF
    for stranger in (signed_in("claims-finance"), signed_in("patient"), signed_in("claims-processor")):
        assert stranger.get(one).status_code == 404
        assert stranger.get(address).status_code == 404
    with scope(organization):
        assert Event.objects.filter(verb="files.file.opened").count() == 1


def test_who_only_reads_neither_asks_nor_adds(signed_in: In, claim: Claim) -> None:
    reader = signed_in("claims-reader")
    asked = reader.post(f"/api/claims/{claim.id}/requests/", {"asked": "What?"}, content_type=JSON)
    added = reader.post(f"/api/claims/{claim.id}/documents/", {"file": SimpleUploadedFile("letter.pdf", PDF)})
    filed = reader.post(f"/api/claims/{claim.id}/appeals/", {"reason": "Why?"}, content_type=JSON)
    assert {asked.status_code, added.status_code, filed.status_code} == {403}
