"""A job ends once in effect, whoever dies in between: workers, those who submit it, or the job itself."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import pytest

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.gateways import WAKE_TASK, app
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tests.factories import DEADLY, ONE, QUICK, STEPS, register_kinds, steps_of, submit
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.runtime import parts

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[2]
WORKERS = 2
KILLS = 8
REDELIVERY = 60.0
"""Seconds: a lost job comes back within 15, and on a busy machine whoever was killed whole has to start first."""
# Submits and dies in the moment in which the workers would have been told.
MURDERED = """
import os, signal, sys, django
django.setup()
from uuid import UUID
from bailiwick.kernel.jobs import gateways
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.tests.factories import STEPS, register_kinds
from bailiwick.kernel.access.entry import enter_as_member
from django.db import transaction
register_kinds()
gateways._client = lambda: os.kill(os.getpid(), signal.SIGKILL)
place = UUID(sys.argv[1]), UUID(sys.argv[2])
with transaction.atomic(), enter_as_member(*place, credential="session", request_id="") as actor:
    for _ in range(3):
        submit_job(actor=actor, kind=STEPS.code, arguments={"steps": 2})
"""


class Shop:
    """Real workers and a real scheduler; `keep` replaces those that died whole."""

    def __init__(self) -> None:
        self.chance = random.Random(7)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.everything: list[subprocess.Popen[bytes]] = []
        self.killed: Counter[str] = Counter()

    def open(self) -> None:
        self._start(parts.scheduler())
        self.keep()

    def keep(self) -> None:
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        command = [word.replace("bailiwick.config.celery", "tests.faults.workers") for word in parts.worker()]
        while len(self.workers) < WORKERS:
            self.workers.append(self._start([*command, f"--hostname=worker-{len(self.everything)}@test"]))

    def kill_one(self) -> None:
        """A child at its work, and each fourth time a worker with all its children."""
        families = [(worker, psutil.Process(worker.pid).children()) for worker in self.workers if worker.poll() is None]
        at_work = [(worker, children) for worker, children in families if children]
        if not at_work:
            return
        worker, children = self.chance.choice(at_work)
        if self.killed.total() % 4 == 3:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            self.killed["whole"] += 1
        else:
            with suppress(psutil.NoSuchProcess):
                self.chance.choice(children).kill()
                self.killed["child"] += 1

    def close(self) -> None:
        for process in self.everything:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", "BAILIWICK_LOG_LEVEL": "ERROR"}
        process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
        self.everything.append(process)
        return process


@pytest.fixture
def shop() -> Iterator[Shop]:
    register_kinds()
    app.control.purge()
    shop = Shop()
    try:
        shop.open()
        yield shop
    finally:
        shop.close()


def unfinished(*organizations: UUID) -> int:
    count = 0
    for organization_id in organizations:
        with enter(organization_id):
            count += Job.objects.filter(finished_at=None).exclude(key="schedule").count()
    return count


def wait_for(organizations: list[UUID], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while left := unfinished(*organizations):
        assert time.monotonic() < deadline, f"{left} jobs have not ended"
        time.sleep(0.1)


def test_every_job_ends_once_while_workers_are_killed_at_random(
    organization: Any, other_organization: Any, shop: Shop
) -> None:
    actor = actor_for(new_member(organization))
    jobs = [submit(actor, STEPS, steps=3, rest=0.02) for _ in range(100)]
    jobs += [submit(actor, ONE, steps=2, rest=0.01) for _ in range(5)]
    quick = [submit(actor, QUICK) for _ in range(100)]
    poisoned = submit(actor, DEADLY)
    for _ in range(30):
        app.send_task(WAKE_TASK, [str(organization.id)])
    forgotten = _submit_and_die(actor_for(new_member(other_organization)))
    places = [organization.id, other_organization.id]
    _kill_at_random(shop, places)
    wait_for(places, REDELIVERY)
    _check(jobs, organization.id, JobState.DONE)
    _check(quick, organization.id, JobState.DONE)
    _check([poisoned], organization.id, JobState.DEAD)
    _check(forgotten, other_organization.id, JobState.DONE)
    assert {len(steps_of(job, organization.id)) for job in jobs} == {2, 3}
    assert all(steps_of(job, organization.id) == list(range(job.arguments["steps"])) for job in jobs)
    assert all(steps_of(job, other_organization.id) == [0, 1] for job in forgotten)


def _submit_and_die(actor: Actor) -> list[Job]:
    """By a process of its own; returns what it left."""
    command = [sys.executable, "-c", MURDERED, str(actor.organization_id), str(actor.member_id)]
    assert (
        subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False).returncode == -signal.SIGKILL
    )
    with enter(actor.organization_id):
        jobs = list(Job.objects.exclude(key="schedule"))
    assert len(jobs) == 3
    return jobs


def _kill_at_random(shop: Shop, places: list[UUID]) -> None:
    """From the first job that is taken on."""
    deadline, is_begun = time.monotonic() + 40, False
    while shop.killed.total() < KILLS:
        assert time.monotonic() < deadline, f"killed so far: {shop.killed}"
        time.sleep(0.3)
        if is_begun:
            shop.kill_one()
            shop.keep()
        else:
            with enter(places[0]):
                is_begun = Job.objects.exclude(started_at=None).exists()


def _check(jobs: list[Job], organization_id: UUID, state: JobState) -> None:
    with enter(organization_id):
        states = Counter(Job.objects.filter(id__in=[job.id for job in jobs]).values_list("state", flat=True))
    assert states == {state: len(jobs)}
