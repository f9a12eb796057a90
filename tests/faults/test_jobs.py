"""A job ends once in effect, whoever dies in between: workers, those who submit it, or the job itself."""

import os
import signal
import subprocess
import sys
from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.gateways import WAKE_TASK, app
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tests.factories import DEADLY, ONE, QUICK, STEPS, steps_of, submit
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member
from tests.faults.shops import REDELIVERY, ROOT, Shop, kill_at_random, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

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
    kill_at_random(shop, places)
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


def _check(jobs: list[Job], organization_id: UUID, state: JobState) -> None:
    with enter(organization_id):
        states = Counter(Job.objects.filter(id__in=[job.id for job in jobs]).values_list("state", flat=True))
    assert states == {state: len(jobs)}
