"""Every event reaches its receiver, whoever dies in between; what comes twice is known by its id."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.events.actions.webhooks import add_webhook
from bailiwick.kernel.events.choices import DeliveryState
from bailiwick.kernel.events.models import Delivery
from bailiwick.kernel.events.queries import list_pending
from bailiwick.kernel.events.tests.receivers import Receiver, receiving
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.runtime import parts

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[2]
VERB = "jobs.job.submitted"
EVENTS, SUBJECTS, KILLS = 120, 6, 4
PATIENCE = 600.0
"""Seconds: other tests on the same server hold the horizon back."""


class Dispatchers:
    """Two at one time; `kill_one` ends one without a word and starts another."""

    def __init__(self) -> None:
        self.chance = random.Random(7)
        self.running = [self._start(), self._start()]

    def kill_one(self) -> None:
        place = self.chance.randrange(len(self.running))
        self._end(self.running[place])
        self.running[place] = self._start()

    def close(self) -> None:
        for process in self.running:
            self._end(process)

    def _start(self) -> "subprocess.Popen[bytes]":
        environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", "BAILIWICK_LOG_LEVEL": "ERROR"}
        return subprocess.Popen(parts.dispatcher(), env=environment, cwd=ROOT, start_new_session=True)

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver(rest=0.05)) as receiver:
        yield receiver


def write(actor: Actor, number: int) -> None:
    with enter(actor.organization_id):
        record(actor.ref, VERB, Job(id=UUID(int=number % SUBJECTS)), {"n": number})


def undelivered(organization: Any) -> int:
    with enter(organization.id):
        delivered = Delivery.objects.filter(state=DeliveryState.DELIVERED, verb=VERB).count()
    return EVENTS - delivered


def test_every_event_is_delivered_while_dispatchers_are_killed(organization: Any, receiver: Receiver) -> None:
    actor = actor_for(new_member(organization, "integrator"))
    list_pending()  # consumers begin here
    with enter(organization.id):
        add_webhook(actor=actor, title="Warehouse", url=receiver.url, verbs=[VERB])
    dispatchers = Dispatchers()
    try:
        for number in range(EVENTS):
            write(actor, number)
            if number % (EVENTS // KILLS) == EVENTS // KILLS - 1:
                _wait(lambda done=number: len(receiver.got) > done // 2)
                dispatchers.kill_one()
        _wait(lambda: not undelivered(organization))
    finally:
        dispatchers.close()
    ids = {each.number: each.id for each in receiver.got}
    assert sorted(ids) == list(range(EVENTS))
    assert all(each.id == ids[each.number] for each in receiver.got), "a repeated delivery has the id of the first"
    for subject in range(SUBJECTS):
        first_seen = list(dict.fromkeys(number for number in receiver.numbers if number % SUBJECTS == subject))
        assert first_seen == sorted(first_seen)
    with enter(organization.id):
        assert not Delivery.objects.exclude(state=DeliveryState.DELIVERED).exists()


def _wait(is_so: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "it has not come so far"
        time.sleep(0.1)
