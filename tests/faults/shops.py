"""Real workers and a real scheduler, for tests in which they are killed."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import psutil

from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.runtime import parts

ROOT = Path(__file__).parents[2]
WORKERS = 2
KILLS = 8
REDELIVERY = 60.0
"""Seconds: a lost job comes back within 15, and on a busy machine whoever was killed whole has to start first."""


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


def kill_at_random(shop: Shop, places: list[UUID]) -> None:
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
