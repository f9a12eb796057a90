"""Runs the parts of an installation, restarts what dies, and leaves nothing behind."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bailiwick.runtime.errors import StartError
from bailiwick.runtime.files import write_private
from bailiwick.runtime.processes import end

GRACE = 15.0
QUICK_DEATH = 10.0
MAX_QUICK_DEATHS = 5
LONGEST_PAUSE = 10.0
# Inherited by everything that a part starts: what a killed supervisor left is found by it.
MARK = "BAILIWICK_SUPERVISOR"


@dataclass(slots=True)
class Part:
    """One process that has to run: its name, its command and what its environment has beside ours."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    quick_deaths: int = 0


class Supervisor:
    """Keeps `parts` running until a signal, or until one of them dies too often; `state` lies in a private folder."""

    def __init__(self, parts: Sequence[Part], state: Path, say: Callable[[str], None] = print) -> None:
        self.parts = parts
        self.state = state
        self.say = say
        self._mark = secrets.token_hex(16)
        self._signals = 0

    def run(self, tick: Callable[[], None] = lambda: None) -> None:
        """Block until stopped, calling `tick` between looks; StartError when a part cannot be kept running."""
        end_leftovers(self.state)
        handlers = {number: signal.signal(number, self._count_signal) for number in _STOP_SIGNALS}
        try:
            while not self._signals:
                for part in self.parts:
                    self._look_after(part)
                tick()
                time.sleep(0.1)
        finally:
            self._stop()
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _count_signal(self, number: int, frame: object) -> None:
        self._signals += 1

    def _look_after(self, part: Part) -> None:
        now = time.monotonic()
        if part.process is None:
            if now >= part.due and not self._signals:
                self._start(part)
        elif part.process.poll() is not None:
            self._bury(part, now)

    def _start(self, part: Part) -> None:
        # Written before the part exists as well: a kill in between must not lose it.
        self._write_state()
        part.process = subprocess.Popen(
            part.command,
            env=os.environ | part.environment | {MARK: self._mark},
            start_new_session=True,
            # Safe here: the supervisor has one thread.
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        part.started = time.monotonic()
        self._write_state()

    def _bury(self, part: Part, now: float) -> None:
        assert part.process is not None
        code, lived = part.process.returncode, now - part.started
        _kill_group(part.process.pid)
        part.process = None
        part.quick_deaths = part.quick_deaths + 1 if lived < QUICK_DEATH else 0
        if part.quick_deaths >= MAX_QUICK_DEATHS:
            raise StartError(f"The part {part.name} died {part.quick_deaths} times in a row (last exit code {code}).")
        pause = min(LONGEST_PAUSE, 0.5 * 2**part.quick_deaths)
        part.due = now + pause
        self.say(f"The part {part.name} ended with code {code}; it starts again in {pause:g} s")

    def _stop(self) -> None:
        """End the parts in reverse order; a second signal cuts the grace short."""
        for part in reversed(self.parts):
            if part.process is None:
                continue
            part.process.terminate()
            deadline = time.monotonic() + GRACE
            while part.process.poll() is None and time.monotonic() < deadline and self._signals < 2:
                time.sleep(0.05)
            _kill_group(part.process.pid)
            part.process.wait()
            part.process = None
        self.state.unlink(missing_ok=True)

    def _write_state(self) -> None:
        running = [
            {
                "name": part.name,
                "pid": part.process.pid,
                "created": _creation(part.process.pid),
            }
            for part in self.parts
            if part.process is not None
        ]
        write_private(self.state, json.dumps({"mark": self._mark, "parts": running}))


def end_leftovers(state: Path) -> list[int]:
    """End what a killed supervisor left running and return the numbers; a stranger with a reused number is spared."""
    try:
        former = json.loads(state.read_text())
    except (OSError, ValueError):
        return []
    known = {entry["pid"]: entry["created"] for entry in former["parts"]}
    left = [
        process
        for process in psutil.process_iter(["create_time", "status"])
        if _is_leftover(process, known, former["mark"])
    ]
    end(left, grace=GRACE)
    state.unlink(missing_ok=True)
    return [process.pid for process in left]


def _is_leftover(process: psutil.Process, known: dict[int, float], mark: str) -> bool:
    created = known.get(process.pid)
    # A process's time of creation is derived from the clock and may move with it by a second.
    if created is not None and abs(process.info["create_time"] - created) < 2:
        return bool(process.info["status"] != psutil.STATUS_ZOMBIE)
    with suppress(psutil.Error, OSError):
        return bool(process.environ().get(MARK) == mark)
    return False


def _creation(pid: int) -> float:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return 0.0


def _kill_group(leader: int) -> None:
    """A part leads its own group: whoever is left in it belongs to the part."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _die_with_parent() -> None:
    """Linux only: the kernel sends TERM to a part when the supervisor dies, however it dies."""
    _PRCTL(1, signal.SIGTERM)


_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
if sys.platform == "linux":
    import ctypes

    # Loaded before the fork: loading in the child could wait for a lock that nobody holds any more.
    _PRCTL = ctypes.CDLL(None).prctl
