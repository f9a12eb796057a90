"""Processes of this installation, told apart from strangers that got the same number."""

import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil


def find_process(pid_file: Path, argument: str) -> psutil.Process | None:
    """The live process that a pid file names, if `argument` is on its command line."""
    try:
        process = psutil.Process(int(pid_file.read_text().split(maxsplit=1)[0]))
        if process.status() != psutil.STATUS_ZOMBIE and argument in process.cmdline():
            return process
    except (OSError, ValueError, IndexError, psutil.Error):
        pass
    return None


def with_argument(argument: str) -> list[psutil.Process]:
    """Every live process that has `argument` on its command line."""
    return [process for process in psutil.process_iter(["cmdline"]) if argument in (process.info["cmdline"] or ())]


def end(processes: Iterable[psutil.Process], grace: float, first: int = signal.SIGTERM) -> None:
    """Ask with the signal `first`, then KILL after `grace` seconds; returns when all are gone."""
    left = list(processes)
    for number, seconds in ((first, grace), (signal.SIGKILL, 5.0)):
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        deadline = time.monotonic() + seconds
        while (left := [process for process in left if _lives(process)]) and time.monotonic() < deadline:
            time.sleep(0.02)


def _lives(process: psutil.Process) -> bool:
    """A zombie is gone: in a container nobody may ever collect it."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
