"""Kinds of jobs for tests, and work that leaves rows which can be counted."""

import os
import signal
import time
from contextlib import suppress
from typing import Any
from uuid import UUID

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.manifest import JobKind, Verb, registry
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.errors import JobFailed
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.tenancy.scope import enter

HERE = "bailiwick.kernel.jobs.tests.factories"
STEP = Verb("tests.step.done", "did a step")
STEPS = JobKind("tests.steps", "Steps", f"{HERE}.do_steps", tries=50, at_once=100)
QUICK = JobKind("tests.quick", "Quick", f"{HERE}.do_nothing", tries=50, time_limit=10, at_once=100)
ONE = JobKind("tests.one", "One at a time", f"{HERE}.do_steps", at_once=1)
DEADLY = JobKind("tests.deadly", "Deadly", f"{HERE}.die", tries=3)
BROKEN = JobKind("tests.broken", "Broken", f"{HERE}.break_off", tries=2)
REFUSED = JobKind("tests.refused", "Refused", f"{HERE}.refuse")
ENDLESS = JobKind("tests.endless", "Endless", f"{HERE}.never_end", tries=2, time_limit=1)
KINDS = (STEPS, QUICK, ONE, DEADLY, BROKEN, REFUSED, ENDLESS)


def register_kinds() -> None:
    """For tests and their workers alone."""
    registry().verbs[STEP.code] = STEP
    for kind in KINDS:
        registry().jobs[kind.code] = kind


def do_steps(run: Run) -> dict[str, Any]:
    """`arguments`: how many `steps`, and the seconds of `rest` before each."""
    run.total = run.arguments["steps"]
    for number in range(run.position.get("next", 0), run.total):
        time.sleep(run.arguments.get("rest", 0))
        with run.step() as actor:
            assert actor
            subject = Job.objects.get(id=run.job_id)
            record(actor.ref, STEP.code, subject, {"step": number})
            run.done, run.position = number + 1, {"next": number + 1}
    return {"steps": run.total}


def do_nothing(run: Run) -> None:
    """No effect at all."""


def die(run: Run) -> None:
    """As one that is out of memory does."""
    os.kill(os.getpid(), signal.SIGKILL)


def break_off(run: Run) -> None:
    with run.step():
        run.done, run.position = run.done + 1, {"tries": run.position.get("tries", 0) + 1}
    raise ZeroDivisionError("secret details")


def refuse(run: Run) -> None:
    raise JobFailed("The file is not a spreadsheet.")


def never_end(run: Run) -> None:
    """Careless work, as it is written."""
    while True:
        with suppress(Exception):
            time.sleep(60)


def submit(actor: Actor, kind: JobKind = STEPS, **arguments: Any) -> Job:
    with enter(actor.organization_id, member_id=actor.member_id):
        return submit_job(actor=actor, kind=kind.code, arguments=arguments)


def read_job(job: Job, organization_id: UUID) -> Job:
    with enter(organization_id):
        return Job.objects.get(id=job.id)


def steps_of(job: Job, organization_id: UUID) -> list[int]:
    """The steps whose effect was stored, each as often as it was."""
    with enter(organization_id):
        found = Event.objects.filter(verb=STEP.code, subject_id=job.id).values_list("data", flat=True)
        return sorted(data["step"] for data in found)
