"""The supervisor with stand-in parts: they die, refuse to stop, and lose their supervisor."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from bailiwick.runtime import supervisor
from bailiwick.runtime.errors import StartError
from bailiwick.runtime.supervisor import Part, Supervisor, end_leftovers
from tests.runtime.waiting import LONG, until

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)",
]
# A part with a child of its own in another session, which no signal to a group reaches.
PARENT = [
    sys.executable,
    "-c",
    f"import subprocess, time; subprocess.Popen({SLEEP!r}, start_new_session=True); time.sleep(600)",
]


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def below(pid: int) -> list[int]:
    """The processes that one has started, and they in turn, once each runs what it was started for."""
    mine, found = psutil.Process(pid), []
    for child in mine.children(recursive=True):
        with suppress(psutil.Error):
            if child.cmdline() != mine.cmdline():
                found.append(child.pid)
    return found


class Steps:
    """Does one step at each tick of the supervisor once its condition holds, then stops it."""

    def __init__(self, *steps: Callable[[], bool]) -> None:
        self.steps = list(steps)
        self.deadline = time.monotonic() + LONG

    def __call__(self) -> None:
        if self.steps and self.steps[0]():
            self.steps.pop(0)
        if not self.steps or time.monotonic() > self.deadline:
            os.kill(os.getpid(), signal.SIGTERM)


def test_a_part_that_dies_is_started_again(tmp_path: Path) -> None:
    part, seen = Part("web", SLEEP), set[int]()

    def kill_once() -> bool:
        assert part.process
        seen.add(part.process.pid)
        part.process.kill()
        return True

    def is_back() -> bool:
        return part.process is not None and part.process.pid not in seen and part.process.poll() is None

    steps = Steps(kill_once, is_back)
    Supervisor([part], tmp_path / "parts.json", lambda line: None).run(steps)
    assert not steps.steps
    assert not any(is_alive(pid) for pid in seen)
    assert not (tmp_path / "parts.json").exists()


def test_five_quick_deaths_end_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(supervisor, "QUICK_DEATH", LONG)
    steady = Part("steady", SLEEP)
    pids: set[int] = set()

    def note() -> None:
        if steady.process:
            pids.add(steady.process.pid)

    faulty = Part("faulty", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(StartError, match="faulty died 5 times"):
        Supervisor([steady, faulty], tmp_path / "parts.json", lambda line: None).run(note)
    assert pids
    assert not any(is_alive(pid) for pid in pids)


def test_parts_stop_in_reverse_order_and_the_deaf_are_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "GRACE", 0.5)
    parts = [Part("first", SLEEP), Part("second", DEAF)]
    Supervisor(parts, tmp_path / "parts.json", lambda line: None).run(
        Steps(lambda: all(part.process for part in parts))
    )
    assert all(part.process is None for part in parts)


def test_after_a_kill_of_the_supervisor_the_next_start_leaves_no_orphan(
    tmp_path: Path,
) -> None:
    state = tmp_path / "parts.json"
    program = (
        "import sys, pathlib\n"
        "from bailiwick.runtime import supervisor\n"
        # Without the kernel's own signal, as on macOS.
        "supervisor._die_with_parent = None\n"
        f"parts = [supervisor.Part('web', {PARENT!r}), supervisor.Part('worker', {DEAF!r})]\n"
        f"supervisor.Supervisor(parts, pathlib.Path({str(state)!r})).run()\n"
    )
    first = subprocess.Popen([sys.executable, "-c", program])
    until(lambda: len(below(first.pid)) == 3)
    orphans = below(first.pid)
    first.kill()
    first.wait()
    assert all(is_alive(pid) for pid in orphans)
    supervisor_grace, supervisor.GRACE = supervisor.GRACE, 0.5
    try:
        assert set(end_leftovers(state)) >= set(orphans)
    finally:
        supervisor.GRACE = supervisor_grace
    until(lambda: not any(is_alive(pid) for pid in orphans))


def test_a_stranger_with_a_reused_number_is_spared(tmp_path: Path) -> None:
    state = tmp_path / "parts.json"
    with subprocess.Popen(SLEEP) as stranger:
        created = psutil.Process(stranger.pid).create_time() - 3600
        state.write_text(
            json.dumps(
                {
                    "mark": "x",
                    "parts": [{"name": "web", "pid": stranger.pid, "created": created}],
                }
            )
        )
        assert end_leftovers(state) == []
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="a signal of Linux alone")
def test_on_linux_the_parts_die_with_their_supervisor(tmp_path: Path) -> None:
    program = (
        "import pathlib\n"
        "from bailiwick.runtime.supervisor import Part, Supervisor\n"
        f"Supervisor([Part('web', {SLEEP!r})], pathlib.Path({str(tmp_path / 'parts.json')!r})).run()\n"
    )
    first = subprocess.Popen([sys.executable, "-c", program])
    until(lambda: bool(below(first.pid)))
    [child] = below(first.pid)
    first.kill()
    first.wait()
    until(lambda: not is_alive(child))
