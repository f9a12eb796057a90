"""The workbenches of claims and appeals: take, decide, skip, leave, renew."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from bailiwick.apps.claims.actions.appeals import file_appeal
from bailiwick.apps.claims.choices import Pend, Stage
from bailiwick.apps.claims.models import Appeal, Claim
from bailiwick.apps.claims.tests.factories import new_stored_claim
from bailiwick.apps.claims.tests.reviewing import new_reviewed
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.models import Read
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.models import WorkItem

In = Callable[..., Client]
PAGES = {
    Pend.MEDICAL: "medical",
    Pend.DUPLICATE: "duplicates",
    Pend.AMOUNT: "amounts",
    Pend.INFORMATION: "information",
}


@pytest.fixture
def signed_in(organization: Any) -> In:
    return lambda *roles: with_session(new_member(organization, *roles))


@pytest.fixture
def client(signed_in: In) -> Client:
    return signed_in("claims-processor")


def held_on(page: Any) -> dict[str, str]:
    """What the form of a workbench carries."""
    [form] = re.findall(r"<form[^>]*data-holds.*?</form>", page.content.decode(), re.S)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def take(client: Client, name: str) -> dict[str, str]:
    page = client.get(f"/claims/work/{name}/")
    assert b"Take the next one" in page.content
    answer = client.post("/claims/work/next/", {"queue": f"claims.{name}"}, follow=True)
    assert answer.redirect_chain == [(f"/claims/work/{name}/", 302)]
    return held_on(answer)


def decide(client: Client, held: dict[str, str], verdict: str, reason: str = "Seen.") -> Any:
    return client.post("/claims/work/decide/", held | {"verdict": verdict, "reason": reason}, follow=True)


@pytest.mark.parametrize("pend", sorted(PAGES))
def test_a_claim_is_taken_and_denied_on_the_page_of_its_queue(
    client: Client, organization: Any, scope: Any, pend: str
) -> None:
    with scope(organization):
        claim = new_reviewed(Pend(pend))
    answer = decide(client, take(client, PAGES[Pend(pend)]), "deny", "Not covered.")
    assert f"{claim.number}: Denied." in answer.content.decode()
    with scope(organization):
        claim.refresh_from_db()
        assert (claim.stage, claim.rejection_reason) == (Stage.DENIED, "Not covered.")


def test_the_bench_shows_the_claim_and_records_that_it_was_read(client: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        claim = new_reviewed(codes=("99213",))
    take(client, "medical")
    page = client.get("/claims/work/medical/").content.decode()
    for shown in (claim.number, "99213", "Ada Byron", "C00.0", "Bound to content"):
        assert shown in page
    with scope(organization):
        assert Read.objects.filter(purpose="processing").exists()


def test_who_takes_it_from_the_desk_becomes_the_processor(client: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        claim = new_reviewed()
    client.post("/next/", {"queue": "claims.medical"}, follow=True)
    with scope(organization):
        claim.refresh_from_db()
        assert claim.assigned_processor_id is not None


def test_two_people_approve_a_high_amount(signed_in: In, organization: Any, scope: Any) -> None:
    with scope(organization):
        claim = new_reviewed(Pend.AMOUNT)
    first, second = signed_in("claims-processor"), signed_in("claims-processor")
    answer = decide(first, take(first, "amounts"), "approve").content.decode()
    assert "A second person has to approve it as well." in answer
    assert "Another person is needed" in answer
    assert f"{claim.number}: Approved." in decide(second, take(second, "amounts"), "approve").content.decode()
    with scope(organization):
        claim.refresh_from_db()
        assert claim.stage == Stage.APPROVED


def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_stays(
    client: Client, organization: Any, scope: Any
) -> None:
    with scope(organization):
        new_reviewed()
    held = take(client, "medical")
    refused = decide(client, held, "deny", "")
    assert refused.status_code == 422
    assert "Say why: the provider and the patient read it." in refused.content.decode()
    refused = decide(client, held, "", "Typed before.")
    assert refused.status_code == 422
    assert "Choose what you decide." in refused.content.decode()
    assert "Typed before." in refused.content.decode()


def test_a_decision_on_what_changed_meanwhile_is_not_stored(client: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        claim = new_reviewed()
    held = take(client, "medical")
    with scope(organization):
        Claim.objects.filter(id=claim.id).update(edition=99)
    answer = decide(client, held, "approve", "Typed before.")
    assert answer.status_code == 409
    assert "Somebody has changed the claim" in answer.content.decode()
    assert "Typed before." in answer.content.decode()
    with scope(organization):
        assert not Decision.objects.exists()


def test_a_lease_that_was_lost_stores_nothing(client: Client, signed_in: In, organization: Any, scope: Any) -> None:
    with scope(organization):
        claim = new_reviewed(Pend.AMOUNT)
    held = take(client, "amounts")
    with scope(organization):
        WorkItem.objects.update(available_at=now() - timedelta(seconds=1))
    take(signed_in("claims-processor"), "amounts")
    answer = decide(client, held, "approve")
    assert answer.status_code == 409
    assert "Your lease ended" in answer.content.decode()
    assert client.post("/claims/work/skip/", held | {"why": "No."}).status_code == 409
    assert client.post("/claims/work/renew/", held).status_code == 409
    assert client.post("/claims/work/release/", held).status_code == 302
    with scope(organization):
        claim.refresh_from_db()
        assert claim.stage == Stage.UNDER_REVIEW


def test_an_amount_beyond_ones_grant_is_explained(organization: Any, scope: Any) -> None:
    member = new_member(organization, "claims-processor")
    with scope(organization):
        Grant.objects.filter(member_id=member.id).update(amount=100, currency="USD")
        new_reviewed()
    client = with_session(member)
    answer = decide(client, take(client, "medical"), "approve")
    assert answer.status_code == 403
    assert "Your grant is not good for this amount." in answer.content.decode()


def test_one_skips_with_a_reason_and_gets_it_no_more(client: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        new_reviewed()
    held = take(client, "medical")
    assert client.post("/claims/work/skip/", held).status_code == 422
    answer = client.post("/claims/work/skip/", held | {"why": "I know the patient."}, follow=True)
    assert "Somebody else gets it." in answer.content.decode()
    assert "Nothing left for you" in answer.content.decode()


def test_one_leaves_work_and_renews_the_lease(client: Client, organization: Any, scope: Any) -> None:
    with scope(organization):
        new_reviewed()
    held = take(client, "medical")
    assert client.post("/claims/work/renew/", held).json()["seconds"] > 1000
    assert client.post("/claims/work/release/", held).headers["Location"] == "/"
    assert take(client, "medical")["subject"] == held["subject"]


@pytest.mark.parametrize("step", ["next", "decide", "skip", "release", "renew"])
def test_a_queue_that_is_none_or_not_ones_own_is_not_there(client: Client, step: str) -> None:
    for queue in ("claims.appeals", "predictions.review", "nothing", ""):
        assert client.post(f"/claims/work/{step}/", {"queue": queue}).status_code == 404


@pytest.mark.parametrize("role", ["provider", "patient", "claims-finance"])
def test_others_have_no_workbench(signed_in: In, role: str) -> None:
    for name in (*PAGES.values(), "appeals"):
        assert signed_in(role).get(f"/claims/work/{name}/").status_code == 403


def test_an_examiner_decides_an_appeal(signed_in: In, organization: Any, scope: Any) -> None:
    admin = actor_for(new_member(organization, "claims-admin"))
    with scope(organization):
        claim = new_stored_claim(stage=Stage.DENIED, decided_at=now())
        file_appeal(actor=admin, claim_id=claim.id, reason="It was necessary.")
    examiner = signed_in("claims-examiner")
    held = take(examiner, "appeals")
    assert "It was necessary." in examiner.get("/claims/work/appeals/").content.decode()
    assert decide(examiner, held, "upheld", " ").status_code == 422
    answer = decide(examiner, held, "upheld", "The plan does not cover it.")
    assert "Appeal decided: Upheld." in answer.content.decode()
    with scope(organization):
        claim.refresh_from_db()
        appeal = Appeal.objects.get()
        assert (claim.stage, appeal.answer) == (Stage.DENIED, "The plan does not cover it.")


def test_an_examiner_skips_an_appeal(signed_in: In, organization: Any, scope: Any) -> None:
    admin = actor_for(new_member(organization, "claims-admin"))
    with scope(organization):
        claim = new_stored_claim(stage=Stage.DENIED, decided_at=now())
        file_appeal(actor=admin, claim_id=claim.id, reason="It was necessary.")
    examiner = signed_in("claims-examiner")
    answer = examiner.post("/claims/work/skip/", take(examiner, "appeals") | {"why": "I treated them."}, follow=True)
    assert "Nothing left for you" in answer.content.decode()
