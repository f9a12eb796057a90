"""Submitting, cancelling, sending again, and what they record."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import JobKind, registry
from bailiwick.kernel.jobs import gateways
from bailiwick.kernel.jobs.actions import cancel_job, claim_jobs, replay_job, submit_job
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.claiming import let_go, new_hold
from bailiwick.kernel.jobs.errors import JobOver, NotDead
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.queries import Why, explain_waiting, list_jobs
from bailiwick.kernel.jobs.tests.factories import ONE, STEPS, register_kinds
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member, undeclare


@pytest.fixture
def actor(organization: Any) -> Actor:
    register_kinds()
    return actor_for(new_member(organization))


@pytest.fixture
def manager(organization: Any) -> Actor:
    return actor_for(new_member(organization, "administrator"))


@pytest.fixture(autouse=True)
def in_scope(organization: Any) -> Any:
    with enter(organization.id):
        yield


def submit(actor: Actor, kind: JobKind = STEPS, **arguments: Any) -> Job:
    return submit_job(actor=actor, kind=kind.code, arguments=arguments or {"steps": 1})


def why(actor: Actor, job: Job) -> list[Why]:
    return [reason.why for reason in explain_waiting(actor, job)]


def test_a_job_is_stored_and_recorded_with_what_causes_it(actor: Actor) -> None:
    job = submit(actor, steps=2)
    stored = Job.objects.get(id=job.id)
    assert (stored.state, stored.member_id, stored.arguments) == (JobState.WAITING, actor.member_id, {"steps": 2})
    assert Event.objects.get(verb="jobs.job.submitted").subject_id == job.id


def test_the_same_key_is_the_same_job(actor: Actor) -> None:
    first, second = (submit_job(actor=actor, kind=STEPS.code, key="once") for _ in range(2))
    assert first.id == second.id
    assert Event.objects.filter(verb="jobs.job.submitted").count() == 1


def test_a_kind_with_a_right_is_refused_to_others(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry().jobs, "tests.guarded", JobKind("tests.guarded", "", "", right="access.manage"))
    with pytest.raises(Forbidden), transaction.atomic():
        submit_job(actor=actor, kind="tests.guarded")


def test_a_waiting_job_is_cancelled_at_once_and_only_once(actor: Actor) -> None:
    job = cancel_job(actor=actor, job_id=submit(actor).id)
    assert (job.state, job.is_over) == (JobState.CANCELLED, True)
    assert Event.objects.filter(verb="jobs.job.cancelled", subject_id=job.id).count() == 1
    with pytest.raises(JobOver), transaction.atomic():
        cancel_job(actor=actor, job_id=job.id)


def test_a_running_job_is_asked_to_stop(actor: Actor) -> None:
    job, hold = submit(actor), new_hold()
    claim_jobs(hold, "worker")
    job = cancel_job(actor=actor, job_id=job.id)
    let_go(hold)
    assert (job.state, job.is_cancel_asked) == (JobState.RUNNING, True)
    assert why(actor, job) == [Why.CANCEL_ASKED]
    assert cancel_job(actor=actor, job_id=job.id).state == JobState.RUNNING
    assert Event.objects.filter(verb="jobs.job.cancelled").count() == 1


def test_only_a_dead_letter_is_sent_again(actor: Actor) -> None:
    job = submit(actor)
    with pytest.raises(NotDead), transaction.atomic():
        replay_job(actor=actor, job_id=job.id)
    Job.objects.filter(id=job.id).update(
        state=JobState.DEAD, finished_at=job.submitted_at, attempt=5, error="It broke."
    )
    job = replay_job(actor=actor, job_id=job.id)
    assert (job.state, job.attempt, job.error, job.is_over) == (JobState.WAITING, 0, "", False)
    assert Event.objects.filter(verb="jobs.job.replayed", subject_id=job.id).count() == 1


def test_others_jobs_are_for_those_who_manage_them(actor: Actor, manager: Actor, organization: Any) -> None:
    job = submit(actor)
    stranger = actor_for(new_member(organization))
    for act in (cancel_job, replay_job):
        with pytest.raises(NotFound), transaction.atomic():
            act(actor=stranger, job_id=job.id)
    assert not list_jobs(stranger).exists()
    assert list_jobs(manager).get().id == job.id
    assert cancel_job(actor=manager, job_id=job.id).state == JobState.CANCELLED


def test_a_waiting_job_says_what_it_waits_for(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways.app.control, "ping", lambda **options: [])
    first = submit(actor, ONE)
    assert why(actor, first) == [Why.NO_WORKER]
    monkeypatch.setattr(gateways.app.control, "ping", lambda **options: [{"worker": {"ok": "pong"}}])
    assert why(actor, first) == []
    first.available_at -= timedelta(minutes=1)
    assert why(actor, first) == [Why.WORKERS_ARE_BUSY]
    second = submit(actor, ONE)
    [reason] = explain_waiting(actor, second)
    assert (reason.why, reason.count) == (Why.OTHERS_AHEAD, 1)
    hold = new_hold()
    claim_jobs(hold, "worker")
    assert why(actor, second) == [Why.KIND_IS_BUSY]
    let_go(hold)


def test_a_rest_and_an_unknown_kind_are_said(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    job = submit(actor)
    job.available_at = job.submitted_at.replace(year=job.submitted_at.year + 1)
    [reason] = explain_waiting(actor, job)
    assert (reason.why, reason.until) == (Why.RESTS, job.available_at)
    undeclare(monkeypatch, registry().jobs, STEPS.code)
    assert why(actor, job) == [Why.UNKNOWN_KIND]
    assert job.title == STEPS.code


def test_a_broker_that_is_away_is_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**options: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(gateways.app.control, "ping", fail)
    assert not gateways.is_answered()
