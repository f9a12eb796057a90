"""A running installation that is killed piece by piece, and what the outside does about it."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

PIECES = {"web": "granian", "worker": "celery"}
READY_WITHIN = 120


class Installation:
    """`bailiwick up` in a folder of its own; whoever kills its supervisor starts it again, as a host's service does."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"BAILIWICK_DATA": str(self.data), "BAILIWICK_PORT": str(self.port)}

    @property
    def demo(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "demo-credentials.json").read_text())
        return found

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "bailiwick.config.cli", "up"]
        log = (self.data.parent / "up.log").open("ab")
        self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + READY_WITHIN
        while not self._answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit(f"bailiwick up does not answer; see {log.name}")
            time.sleep(0.2)

    def _answers(self) -> bool:
        address = f"http://127.0.0.1:{self.port}/health/ready"
        with suppress(OSError), urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
        return False

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One of its commands."""
        command = [sys.executable, "-m", "bailiwick.config.cli", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def pieces(self, word: str) -> list[psutil.Process]:
        """Its processes whose command has a word."""
        assert self.process
        found = []
        with suppress(psutil.Error):
            for each in psutil.Process(self.process.pid).children(recursive=True):
                with suppress(psutil.Error):
                    if word in " ".join(each.cmdline()):
                        found.append(each)
        return found

    def kill(self, piece: str) -> None:
        """End one process at random of a piece, as a lack of memory does."""
        if piece == "supervisor":
            assert self.process
            self.process.kill()
            self.process.wait()
            self.start()
        elif found := self.pieces(PIECES[piece]):
            with suppress(psutil.Error):
                random.choice(found).kill()

    def stop(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)


class Killer(threading.Thread):
    """Kills something every few seconds until told to stop."""

    def __init__(self, installation: Installation, every: float) -> None:
        super().__init__(daemon=True)
        self.installation, self.every = installation, every
        self.is_over = threading.Event()
        self.killed: Counter[str] = Counter()

    def run(self) -> None:
        while not self.is_over.wait(random.uniform(self.every / 2, self.every * 1.5)):
            piece = random.choices(("web", "worker", "supervisor"), weights=(4, 4, 1))[0]
            self.installation.kill(piece)
            self.killed[piece] += 1

    def end(self) -> None:
        self.is_over.set()
        self.join()
