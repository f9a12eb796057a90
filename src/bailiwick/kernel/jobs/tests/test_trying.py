"""A try is known by its hold: whoever has lost it stores nothing more."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.jobs.actions import (
    cancel_job,
    claim_jobs,
    end_try,
    finish_tries,
    lock_try,
    release_hold,
    save_progress,
    stop_try,
    submit_job,
)
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.claiming import new_hold
from bailiwick.kernel.jobs.errors import JobLost
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tests.factories import STEPS, register_kinds
from bailiwick.kernel.jobs.values import Ended
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member

HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND pid = pg_backend_pid()"


@pytest.fixture
def actor(organization: Any) -> Any:
    register_kinds()
    actor = actor_for(new_member(organization))
    with enter(organization.id):
        yield actor


@pytest.fixture
def taken(actor: Actor) -> Any:
    job = submit_job(actor=actor, kind=STEPS.code, arguments={"steps": 1})
    hold = new_hold()
    claim_jobs(hold, "worker")
    yield job, hold
    release_hold(hold)


LATE: dict[str, Callable[[Job, int], object]] = {
    "a step": lambda job, hold: lock_try(job.id, hold),
    "a fault": lambda job, hold: end_try(job.id, hold, "Too late.", "", is_final=True, wait=0),
    "a stop": lambda job, hold: stop_try(job.id, hold),
}


@pytest.mark.parametrize("deed", LATE)
def test_whoever_lost_the_job_is_told_so(actor: Actor, taken: tuple[Job, int], deed: str) -> None:
    job, hold = taken
    before = Job.objects.filter(id=job.id).values().get()
    with pytest.raises(JobLost), transaction.atomic():
        LATE[deed](job, hold + 1)
    assert finish_tries(hold + 1, [Ended(job.id, 1, 1, 0, {})]) == set()
    assert Job.objects.filter(id=job.id).values().get() == before


def test_the_holder_notes_progress_and_the_end(actor: Actor, taken: tuple[Job, int]) -> None:
    job, hold = taken
    locked = lock_try(job.id, hold)
    locked.done, locked.position = 3, {"next": 3}
    save_progress(locked)
    assert finish_tries(hold, [Ended(job.id, 4, 4, 1, {"made": 4})]) == {job.id}
    assert finish_tries(hold, [Ended(job.id, 9, 9, 9, {})]) == set(), "it ended twice"
    stored = Job.objects.get(id=job.id)
    assert (stored.state, stored.done, stored.rejected, stored.position) == (JobState.DONE, 4, 1, {"next": 3})
    assert stored.result == {"made": 4}


def test_a_job_that_is_to_stop_is_neither_entered_nor_tried_again(actor: Actor, taken: tuple[Job, int]) -> None:
    job, hold = taken
    cancel_job(actor=actor, job_id=job.id)
    with pytest.raises(JobLost), transaction.atomic():
        lock_try(job.id, hold)
    end_try(job.id, hold, "It broke.", "", is_final=False, wait=0)
    assert Job.objects.get(id=job.id).state == JobState.CANCELLED


def test_a_hold_is_a_lock_of_the_session_until_it_is_released(actor: Actor, taken: tuple[Job, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(HELD)
        assert cursor.fetchone() == (1,)
        release_hold(taken[1])
        cursor.execute(HELD)
        assert cursor.fetchone() == (0,)
