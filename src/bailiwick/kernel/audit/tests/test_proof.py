"""The proof page says what is sealed and what is not, verifies, and hands out what others verify with."""

import gzip
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from bailiwick.kernel.audit.actions.anchors import keep_in_file
from bailiwick.kernel.audit.choices import AnchorKind
from bailiwick.kernel.audit.gateways import anchor_file, place_of
from bailiwick.kernel.audit.models import Anchor, Event
from bailiwick.kernel.audit.queries.anchors import count_unsealed
from bailiwick.kernel.audit.queries.blocks import get_newest_block
from bailiwick.kernel.audit.values import AnchorLine
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import new_member
from bailiwick.kernel.testing.sealing import seal_everything

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/audit/proof/"


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.ANCHORS_FOLDER = tmp_path / "anchors"


@pytest.fixture
def auditor(organization: Any) -> Member:
    return new_member(organization, "auditor")


@pytest.fixture
def client(auditor: Member) -> Client:
    return with_session(auditor)


def run_of(answer: Any, organization: Any) -> Job:
    """The job that a page has started, after its run."""
    job_id = answer["Location"].split("/")[-2]
    run_job(str(organization.id), job_id)
    with enter(organization.id):
        return Job.objects.get(id=job_id)


def shown(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_before_anything_is_sealed_the_page_says_so(client: Client) -> None:
    page = shown(client)
    assert "Nothing is sealed yet" in page
    assert "nothing yet" in page


def test_the_page_tells_the_newest_seal_and_what_is_younger(organization: Any, client: Client) -> None:
    seal_everything(organization.id)
    with enter(organization.id):
        newest = get_newest_block()
        assert newest
        assert count_unsealed(newest, organization.id).rows == 0
    page = shown(client)
    assert bytes(newest.hash).hex() in page
    assert "everything is sealed" in page
    new_member(organization)
    with enter(organization.id):
        left = count_unsealed(newest, organization.id)
    assert left.rows > 1
    assert left.oldest and left.oldest > newest.at
    assert "the oldest" in shown(client)


def test_verifying_finds_nothing_where_nothing_was_touched(organization: Any, client: Client) -> None:
    seal_everything(organization.id)
    job = run_of(client.post(f"{PAGE}verify/"), organization)
    assert (job.state, job.result["findings"], job.done) == ("done", 0, job.total)
    assert "nothing found" in shown(client)


def test_what_does_not_fit_the_file_is_found_and_told(organization: Any, client: Client, auditor: Member) -> None:
    seal_everything(organization.id)
    with anchor_file(place_of(organization.id)) as file:
        file.append(AnchorLine(organization.id, organization.slug, 99, b"h" * 32, organization.created_at))
    job = run_of(client.post(f"{PAGE}verify/"), organization)
    assert job.result["findings"] == 1
    page = shown(client)
    assert "1 finding" in page
    assert "block 99 was anchored" in page
    with enter(organization.id):
        event = Event.objects.get(verb="audit.trail.verified")
    assert (event.member_id, event.data["findings"], event.subject_id) == (auditor.id, 1, organization.id)


def test_a_seal_that_is_not_in_the_file_is_shown_as_late(
    organization: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    place_of(organization.id).parent.write_text("no folder")
    seal_everything(organization.id)
    assert "could not be written" not in shown(client)
    monkeypatch.setattr("bailiwick.kernel.audit.web.proof.LATE", organization.created_at - organization.created_at)
    assert "could not be written" in shown(client)
    place_of(organization.id).parent.unlink()
    assert keep_in_file(organization.id)
    assert "could not be written" not in shown(client)


def test_an_anchor_of_another_chain_is_shown_as_such(organization: Any, client: Client) -> None:
    seal_everything(organization.id)
    with enter(organization.id):
        Anchor.objects.create(number=1, hash=b"h" * 32, kind=AnchorKind.MAIL, place="x@example.org")
    assert "not the chain" in shown(client)


def test_bundle_and_verifier_work_together_without_the_platform(
    organization: Any, client: Client, tmp_path: Path
) -> None:
    seal_everything(organization.id)
    job = run_of(client.post(f"{PAGE}bundle/"), organization)
    handed = client.get(f"/files/{job.result['file']}/")
    bundle, alone = tmp_path / "trail.jsonl.gz", tmp_path / "verifier.py"
    bundle.write_bytes(b"".join(handed.streaming_content))
    assert gzip.decompress(bundle.read_bytes())
    verifier = client.get(f"{PAGE}verifier/")
    assert "attachment" in verifier["Content-Disposition"]
    alone.write_bytes(b"".join(verifier.streaming_content))
    command = [sys.executable, "-I", "-S", str(alone), str(bundle), "--anchors", str(place_of(organization.id))]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert "0 findings" in result.stdout


def test_without_anything_sealed_the_jobs_say_so(organization: Any, client: Client) -> None:
    for address in ("verify", "bundle"):
        job = run_of(client.post(f"{PAGE}{address}/"), organization)
        assert job.state == "dead"
        assert "Nothing is sealed yet" in job.error


def test_settings_are_for_who_may_anchor_and_say_what_is_wrong(organization: Any, client: Client) -> None:
    assert client.get("/settings/anchors/").status_code == 403
    assert client.post("/audit/anchors/now/").status_code == 403
    keeper = with_session(new_member(organization, "administrator"))
    given = {"addresses": "notary@example.org\nnobody", "authority_url": "https://example.org/tsa", "every": "3600"}
    refused = keeper.post("/settings/anchors/", given)
    assert refused.status_code == 422
    assert "nobody is not an address" in refused.content.decode()
    assert keeper.post("/settings/anchors/", given | {"addresses": "notary@example.org"})["Location"] == (
        "/settings/anchors/"
    )
    page = keeper.get("/settings/anchors/").content.decode()
    assert "notary@example.org" in page and "https://example.org/tsa" in page
    assert keeper.post("/audit/anchors/now/").status_code == 302


def test_who_may_not_read_the_hidden_makes_no_bundle(organization: Any) -> None:
    member = with_session(new_member(organization, "reviewer"))
    assert member.get(PAGE).status_code == 403
    assert member.post(f"{PAGE}bundle/").status_code == 403
