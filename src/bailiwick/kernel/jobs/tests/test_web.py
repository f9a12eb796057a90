"""Pages and API of jobs."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs import gateways
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tests.factories import QUICK, STEPS, register_kinds, submit
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_key, with_session
from bailiwick.kernel.testing.factories import actor_for, new_member


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    register_kinds()
    monkeypatch.setattr(gateways.app.control, "ping", lambda **options: [{"worker": {"ok": "pong"}}])


@pytest.fixture
def me(organization: Any) -> Member:
    return new_member(organization, "reviewer")


@pytest.fixture
def actor(me: Member) -> Actor:
    return actor_for(me)


@pytest.fixture
def manager(organization: Any) -> Client:
    return with_session(new_member(organization, "administrator"))


def change(job: Job, actor: Actor, **values: Any) -> None:
    with enter(actor.organization_id):
        Job.objects.filter(id=job.id).update(**values)


def dead(actor: Actor) -> Job:
    job = submit(actor, STEPS, steps=1)
    change(job, actor, state=JobState.DEAD, finished_at=job.submitted_at, error="It broke.", trace="Traceback")
    return job


def test_i_see_my_jobs_and_whoever_manages_them_sees_all(me: Member, actor: Actor, manager: Client) -> None:
    job, address = submit(actor, STEPS, steps=1), "/jobs/"
    assert str(job.id) in with_session(me).get(address).content.decode()
    assert str(job.id) in manager.get(address).content.decode()
    assert str(job.id) not in manager.get("/jobs/?by=me").content.decode()
    assert str(job.id) not in manager.get("/jobs/?state=dead").content.decode()
    stranger = with_session(new_member(me.organization, "reviewer"))
    assert str(job.id) not in stranger.get(address).content.decode()
    assert stranger.get(f"/jobs/{job.id}/").status_code == 404


def test_what_comes_round_is_listed_when_asked_for_or_dead(actor: Actor, manager: Client) -> None:
    job = submit(actor, STEPS, steps=1)
    change(job, actor, member=None)

    def is_listed(query: str = "") -> bool:
        return str(job.id) in manager.get(f"/jobs/?{query}").content.decode()

    assert not is_listed()
    assert not is_listed("state=waiting")
    assert not is_listed("by=me")
    assert is_listed("by=schedule")
    assert is_listed(f"kind={STEPS.code}")
    change(job, actor, state=JobState.DEAD, finished_at=job.submitted_at)
    assert is_listed()


def test_the_page_says_why_it_waits_and_how_far_it_is(me: Member, actor: Actor) -> None:
    submit(actor, STEPS, steps=1)
    job = submit(actor, STEPS, steps=1)
    page = with_session(me).get(f"/jobs/{job.id}/").content.decode()
    assert "1 job of your organisation is ahead." in page
    assert "Cancel the job" in page
    change(job, actor, state=JobState.RUNNING, done=1200, total=4000, rejected=9)
    page = with_session(me).get(f"/jobs/{job.id}/").content.decode()
    assert 'max="4000" value="1200"' in page
    assert "1,200 of 4,000" in page
    assert "9 rejected" in page


def test_the_part_is_asked_for_until_the_job_is_over(me: Member, actor: Actor) -> None:
    job, client = submit(actor, QUICK), with_session(me)
    address = f"/jobs/{job.id}/progress/"
    answer = client.get(address, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "every 1s" in answer.content.decode()
    change(job, actor, submitted_at="2026-01-01T00:00Z")
    assert "every 10s" in client.get(address).content.decode()
    change(job, actor, state=JobState.DONE, finished_at=job.submitted_at, result={"url": "/rejection-reasons/"})
    answer = client.get(address, headers={"HX-Request": "true"})
    assert answer.status_code == 286
    assert "Quick: Done" in answer.headers["HX-Trigger"]
    assert 'href="/rejection-reasons/"' in answer.content.decode()
    assert "hx-get" not in answer.content.decode()


def test_a_result_never_leads_elsewhere(me: Member, actor: Actor) -> None:
    job = submit(actor, QUICK)
    for url in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        change(job, actor, state=JobState.DONE, finished_at=job.submitted_at, result={"url": url})
        assert "Open the result" not in with_session(me).get(f"/jobs/{job.id}/").content.decode()


def test_the_trace_is_for_those_who_manage_jobs(me: Member, actor: Actor, manager: Client) -> None:
    job = dead(actor)
    page = with_session(me).get(f"/jobs/{job.id}/").content.decode()
    assert "It broke." in page
    assert "Traceback" not in page
    assert "Traceback" in manager.get(f"/jobs/{job.id}/").content.decode()


def test_buttons_cancel_and_send_again(me: Member, actor: Actor) -> None:
    client, waiting, broken = with_session(me), submit(actor, QUICK), dead(actor)
    form = {"organization": str(me.organization_id)}
    answer = client.post(f"/jobs/{waiting.id}/cancel/", form, follow=True)
    assert "Cancelled." in answer.content.decode()
    assert client.post(f"/jobs/{waiting.id}/cancel/", form).status_code == 409
    answer = client.post(f"/jobs/{broken.id}/replay/", form, follow=True)
    assert "Sent again." in answer.content.decode()
    assert client.post(f"/jobs/{broken.id}/replay/", form).status_code == 409


def test_the_api_lists_explains_cancels_and_sends_again(me: Member, actor: Actor) -> None:
    client, broken, waiting = with_key(me), dead(actor), submit(actor, QUICK)
    listed = client.get("/api/jobs/").json()["results"]
    assert [each["id"] for each in listed] == [str(waiting.id), str(broken.id)]
    assert [each["id"] for each in client.get("/api/jobs/?state=dead").json()["results"]] == [str(broken.id)]
    assert client.get(f"/api/jobs/{waiting.id}/").json()["waits"] == []
    assert client.post(f"/api/jobs/{broken.id}/replay/").json()["state"] == "waiting"
    [reason] = client.get(f"/api/jobs/{broken.id}/").json()["waits"]
    assert reason["why"] == "others_ahead"
    assert client.post(f"/api/jobs/{waiting.id}/cancel/").json()["state"] == "cancelled"
    refused = client.post(f"/api/jobs/{waiting.id}/cancel/")
    assert (refused.status_code, refused.json()["code"]) == (409, "jobs.over")
    stranger = with_key(new_member(me.organization))
    assert stranger.get(f"/api/jobs/{waiting.id}/").status_code == 404
