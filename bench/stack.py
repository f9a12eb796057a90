"""The whole product as one command runs it: how soon it is ready, and what it holds in memory when nobody calls."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

from bench.report import Report
from bench.stage import DATA, ROOT, Stage

MOST_MEGABYTES = 1500
MOST_SECONDS = 10
READY = b"Bailiwick is ready"
OURS = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "BAILIWICK_SECRET_KEY",
    "BAILIWICK_ENCRYPTION_KEYS",
    "DJANGO_SETTINGS_MODULE",
)


def run(stage: Stage, report: Report) -> None:
    data = DATA / "up"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o755, parents=True)
    first = _start(data, report, measures=False)
    second = _start(data, report, measures=True)
    report.add("second start", second, "s", target=MOST_SECONDS)
    report.add("  first start", first, "s")
    shutil.rmtree(data, ignore_errors=True)


def _start(data: Path, report: Report, *, measures: bool) -> float:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment |= {"BAILIWICK_DATA": str(data), "BAILIWICK_PORT": port}
    begun = time.monotonic()
    command = [sys.executable, "-m", "bailiwick.config.cli", "up"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            if not any(READY in line for line in process.stdout):
                raise RuntimeError("`bailiwick up` did not become ready.")
            seconds = time.monotonic() - begun
            if measures:
                time.sleep(8)  # the worker and the scheduler are not waited for
                report.add("whole stack, idle", _megabytes(process.pid, data), "MB", target=MOST_MEGABYTES)
        finally:
            process.send_signal(signal.SIGINT)
            process.stdout.read()
    return seconds


def _megabytes(pid: int, data: Path) -> float:
    """Proportional set sizes of everything that `up` started; the engines are found by their data folder."""
    roots = [psutil.Process(pid)]
    roots += [each for each in psutil.process_iter(["cmdline"]) if str(data) in " ".join(each.info["cmdline"] or [])]
    family = {process.pid: process for root in roots for process in (root, *root.children(recursive=True))}
    return sum(_memory(process) for process in family.values()) / 1e6


def _memory(process: psutil.Process) -> int:
    found = process.memory_full_info()
    return int(getattr(found, "pss", 0) or found.rss)
