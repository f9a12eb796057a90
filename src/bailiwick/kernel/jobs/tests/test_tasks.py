"""What becomes of a try."""

import time
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.jobs import gateways, limits, tasks
from bailiwick.kernel.jobs.actions import cancel_job, claim_jobs, replay_job
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.claiming import BATCH, let_go, new_hold
from bailiwick.kernel.jobs.errors import JobLost
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.jobs.tasks import run_due, run_job
from bailiwick.kernel.jobs.tests import factories
from bailiwick.kernel.jobs.tests.factories import (
    BROKEN,
    DEADLY,
    ENDLESS,
    ONE,
    QUICK,
    REFUSED,
    do_steps,
    read_job,
    register_kinds,
    steps_of,
    submit,
)
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def actor(organization: Any) -> Actor:
    register_kinds()
    return actor_for(new_member(organization, "administrator"))


def run(job: Job, actor: Actor) -> Job:
    run_job(str(actor.organization_id), str(job.id))
    return read_job(job, actor.organization_id)


def make_due(job: Job, actor: Actor) -> None:
    with enter(actor.organization_id):
        Job.objects.filter(id=job.id).update(available_at=job.submitted_at)


def verbs_of(job: Job, actor: Actor) -> list[str]:
    with enter(actor.organization_id):
        return list(Event.objects.filter(subject_id=job.id).order_by("id").values_list("verb", flat=True))


def test_a_job_is_done_once_however_often_workers_are_told(actor: Actor) -> None:
    job = submit(actor, steps=3)
    for _message in range(3):
        run_due(str(actor.organization_id))
    job = read_job(job, actor.organization_id)
    assert (job.state, job.done, job.total, job.result, job.attempt) == (JobState.DONE, 3, 3, {"steps": 3}, 1)
    assert steps_of(job, actor.organization_id) == [0, 1, 2]


def test_jobs_are_run_in_the_order_of_their_submission(actor: Actor) -> None:
    jobs = [submit(actor, steps=1) for _ in range(3)]
    run_due(str(actor.organization_id))
    started = [read_job(job, actor.organization_id).finished_at for job in jobs]
    assert started == sorted(started)


def test_a_fault_is_tried_again_after_a_rest_and_ends_as_a_dead_letter(actor: Actor) -> None:
    job = run(submit(actor, BROKEN), actor)
    assert (job.state, job.attempt) == (JobState.WAITING, 1)
    assert job.available_at > job.started_at
    assert run(job, actor).attempt == 1, "it was tried before its rest was over"
    make_due(job, actor)
    job = run(job, actor)
    assert (job.state, job.attempt, job.position) == (JobState.DEAD, 2, {"tries": 2})
    assert "ZeroDivisionError" in job.error
    assert "secret details" not in job.error
    assert "secret details" in job.trace
    assert verbs_of(job, actor)[-1] == "jobs.job.failed"


def test_a_refusal_is_final_at_once_and_told_in_its_own_words(actor: Actor) -> None:
    job = run(submit(actor, REFUSED), actor)
    assert (job.state, job.attempt, job.error) == (JobState.DEAD, 1, "The file is not a spreadsheet.")


def test_a_dead_letter_that_is_sent_again_has_its_tries_and_goes_on_from_its_last_step(actor: Actor) -> None:
    job = submit(actor, BROKEN)
    for _try in range(2):
        make_due(job, actor)
        run(job, actor)
    with enter(actor.organization_id):
        job = replay_job(actor=actor, job_id=job.id)
    assert (job.state, job.attempt, job.error) == (JobState.WAITING, 0, "")
    assert run(job, actor).position == {"tries": 3}


def test_a_try_that_takes_too_long_is_stopped_and_counted(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.monotonic()
    job = run(submit(actor, ENDLESS), actor)
    assert time.monotonic() - begun < 5
    assert (job.state, job.attempt) == (JobState.WAITING, 1)
    assert "longer than 1 s" in job.error


def test_a_job_that_is_cancelled_while_it_runs_ends_at_its_next_step(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_cancelled(run: Run) -> None:
        do_steps(run)
        with enter(actor.organization_id):
            cancel_job(actor=actor, job_id=run.job_id)
        with run.step():
            raise AssertionError("a step of a cancelled job was entered")

    monkeypatch.setattr(factories, "do_nothing", be_cancelled)
    job = run(submit(actor, QUICK, steps=3), actor)
    assert job.state == JobState.CANCELLED
    assert steps_of(job, actor.organization_id) == [0, 1, 2]


def test_a_try_that_lost_its_job_to_another_stores_nothing(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def be_overtaken(run: Run) -> dict[str, int]:
        let_go(run.hold)
        with enter(actor.organization_id):
            [taken] = claim_jobs(new_hold(), "another")
        assert (taken.id, taken.attempt) == (run.job_id, 2)
        with pytest.raises(JobLost), run.step():
            raise AssertionError("a step of a lost try was entered")
        return {"stored": 1}

    monkeypatch.setattr(factories, "do_nothing", be_overtaken)
    job = run(submit(actor, QUICK), actor)
    assert (job.state, job.worker, job.result) == (JobState.RUNNING, "another", {})


def test_a_result_that_cannot_be_stored_fails_its_job_and_no_other(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factories, "do_nothing", lambda run: {"made": object()} if run.arguments else None)
    spoilt, sound = submit(actor, QUICK, spoilt=True), submit(actor, QUICK)
    run_due(str(actor.organization_id))
    assert read_job(spoilt, actor.organization_id).state == JobState.WAITING
    assert read_job(sound, actor.organization_id).state == JobState.DONE


def test_a_job_of_a_dead_worker_is_taken_again_at_once_and_finally_given_up(actor: Actor) -> None:
    job = submit(actor, DEADLY)
    for number in range(DEADLY.tries):
        hold = new_hold()
        with enter(actor.organization_id):
            [taken] = claim_jobs(hold, "doomed")
            assert claim_jobs(new_hold(), "eager") == [], "a job in good hands was taken"
        assert taken.attempt == number + 1
        connection.close()  # what is left of a worker that was killed
    job = run(job, actor)
    assert job.state == JobState.DEAD
    assert "killed" in job.error


def test_one_organisation_runs_no_more_of_a_kind_at_once_than_declared(actor: Actor) -> None:
    first, second = submit(actor, ONE, steps=1), submit(actor, ONE, steps=1)
    other = submit(actor, steps=1)
    hold = new_hold()
    with enter(actor.organization_id):
        assert [job.id for job in claim_jobs(hold, "one")] == [first.id]
        assert [job.id for job in claim_jobs(new_hold(), "two")] == [other.id], "a blocked job blocked others"
        assert claim_jobs(new_hold(), "three") == []
    assert read_job(second, actor.organization_id).attempt == 0
    let_go(hold)
    with enter(actor.organization_id):
        assert [job.id for job in claim_jobs(new_hold(), "four")] == [first.id]


def test_short_jobs_are_taken_together_until_one_of_them_is_tried_again(actor: Actor) -> None:
    for _ in range(3):
        submit(actor, QUICK)
    hold = new_hold()
    with enter(actor.organization_id):
        assert len(claim_jobs(hold, "one")) == 3 < BATCH
    let_go(hold)
    with enter(actor.organization_id):
        assert len(claim_jobs(new_hold(), "two")) == 1


def test_whoever_may_not_act_any_more_has_their_jobs_ended_with_a_sentence(actor: Actor, organization: Any) -> None:
    member = new_member(organization)
    job = submit(actor_for(member), steps=1)
    with enter(organization.id):
        type(member).objects.filter(id=member.id).update(is_active=False)
    job = run(job, actor)
    assert (job.state, job.attempt) == (JobState.DEAD, 1)
    assert "may not do so any more" in job.error


def test_another_organisation_s_jobs_are_not_taken(actor: Actor, other_organization: Any) -> None:
    job = submit(actor, steps=1)
    run_due(str(other_organization.id))
    run_job(str(other_organization.id), str(job.id))
    assert read_job(job, actor.organization_id).state == JobState.WAITING


def test_a_worker_works_on_while_the_broker_is_away(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ConnectionError

    monkeypatch.setattr(gateways, "_client", fail)
    job = submit(actor, steps=1)
    run_due(str(actor.organization_id))
    assert read_job(job, actor.organization_id).state == JobState.DONE


def test_an_organisation_s_turn_ends(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "TURN", 0.0)
    jobs = [submit(actor, steps=1) for _ in range(2)]
    run_due(str(actor.organization_id))
    assert [read_job(job, actor.organization_id).state for job in jobs] == [JobState.DONE, JobState.WAITING]


def test_no_limit_is_left_behind() -> None:
    with limits.within(0.05):
        pass
    time.sleep(0.1)


def test_a_uuid_of_nothing_is_nothing_to_do(actor: Actor) -> None:
    run_job(str(actor.organization_id), str(UUID(int=0)))
