"""What the scheduler tells workers, and what comes round by the clock."""

from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection

from bailiwick.kernel.api.idempotency import purge_expired
from bailiwick.kernel.base.manifest import JobKind, registry
from bailiwick.kernel.jobs import scheduling
from bailiwick.kernel.jobs.actions import claim_jobs, schedule_job
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.claiming import new_hold
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.queries import list_due
from bailiwick.kernel.jobs.scheduling import Scheduler
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.jobs.tests.factories import STEPS, register_kinds, submit
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db(transaction=True)

HOURLY = JobKind("tests.hourly", "Hourly", "bailiwick.kernel.jobs.tests.factories.do_nothing", every=3600)
NOON = 1_800_000_000.0 // 3600 * 3600


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    register_kinds()
    told: list[UUID] = []
    monkeypatch.setattr(scheduling, "wake", told.append)
    return told


def rounds(organization_id: UUID, kind: str = HOURLY.code) -> list[Job]:
    with enter(organization_id):
        return list(Job.objects.filter(kind=kind))


def test_a_round_is_made_once_however_many_schedulers_run(
    organization: Any, monkeypatch: pytest.MonkeyPatch, told: list[UUID]
) -> None:
    monkeypatch.setitem(registry().jobs, HOURLY.code, HOURLY)
    for _scheduler in range(3):
        Scheduler().tick(NOON + 1)
    [job] = rounds(organization.id)
    assert (job.state, job.member_id, job.available_at.timestamp()) == (JobState.WAITING, None, NOON)
    with enter(organization.id):
        assert not schedule_job(HOURLY, NOON + 3599)
        Job.objects.filter(id=job.id).update(available_at="2020-01-01T00:00Z")
    Scheduler().tick(NOON + 2)
    assert organization.id in told


def test_the_next_round_uses_the_same_row_once_the_last_is_over(organization: Any) -> None:
    with enter(organization.id):
        assert schedule_job(HOURLY, NOON)
        assert not schedule_job(HOURLY, NOON + 3600), "a round began before the last had ended"
        done = {"state": JobState.DONE, "finished_at": "2027-01-15T08:00Z", "attempt": 2, "error": "It broke."}
        Job.objects.filter(kind=HOURLY.code).update(**done)
        assert schedule_job(HOURLY, NOON + 3600)
        assert not schedule_job(HOURLY, NOON + 3600)
    [job] = rounds(organization.id)
    assert (job.state, job.attempt, job.error, job.is_over) == (JobState.WAITING, 0, "", False)
    assert job.available_at.timestamp() == NOON + 3600


def test_upkeep_of_the_installation_runs_there_alone(organization: Any) -> None:
    Scheduler().tick(NOON)
    for kind in ("audit.partitions", "identity.expired"):
        [job] = rounds(get_installation_id(), kind)
        assert rounds(organization.id, kind) == []
        with enter(get_installation_id()):
            Job.objects.filter(id=job.id).update(available_at="2020-01-01T00:00Z")
        run_job(str(get_installation_id()), str(job.id))
        assert rounds(get_installation_id(), kind)[0].state == JobState.DONE


def test_kept_answers_are_purged_in_each_organisation(organization: Any) -> None:
    with enter(organization.id):
        schedule_job(registry().jobs["api.idempotency"], 1_600_000_000)
    [job] = rounds(organization.id, "api.idempotency")
    run_job(str(organization.id), str(job.id))
    assert rounds(organization.id, "api.idempotency")[0].state == JobState.DONE
    with enter(organization.id):
        assert purge_expired() == 0


def test_workers_are_told_of_what_waits_and_of_what_the_dead_left_and_of_nothing_else(
    organization: Any, other_organization: Any, told: list[UUID]
) -> None:
    actor = actor_for(new_member(organization))
    submit(actor, STEPS, steps=1)
    scheduling.tell_workers()
    assert told == [organization.id]
    with enter(organization.id):
        claim_jobs(new_hold(), "worker")
    assert list_due() == {}
    connection.close()
    assert list_due() == {organization.id: 1}


def test_an_organisation_that_is_closed_is_left_alone(organization: Any) -> None:
    submit(actor_for(new_member(organization)), STEPS, steps=1)
    Organization.objects.filter(id=organization.id).update(is_active=False)
    assert list_due() == {}


def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks: list[float] = []

    def tick(moment: float) -> None:
        ticks.append(moment)
        raise OperationalError

    scheduler = Scheduler()
    monkeypatch.setattr(scheduler, "tick", tick)
    scheduler.run(lambda seconds: len(ticks) == 3)
    assert len(ticks) == 3
