"""`bailiwick up`: everything on one machine, from an empty folder to a page that answers."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bailiwick.runtime import parts
from bailiwick.runtime.errors import StartError
from bailiwick.runtime.files import exclusive, require_writable, write_private
from bailiwick.runtime.given import require_redis
from bailiwick.runtime.keys import keys
from bailiwick.runtime.places import data_folder, settings_module
from bailiwick.runtime.servers import Servers, choose_servers, describe
from bailiwick.runtime.supervisor import Part, Supervisor, end_leftovers

SLOW_START = 60.0


def up() -> None:
    """Start what is needed, run until a signal, stop everything; StartError says why it cannot."""
    data = data_folder()
    require_writable(data)
    keys(data)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    with _only_one(data):
        if left := end_leftovers(data / "run" / "parts.json"):
            say(f"Ended {len(left)} processes that an earlier run left behind")
        _require_free_port()
        servers = choose_servers(data, say)
        try:
            _run(data, servers)
        except KeyboardInterrupt:
            pass
        finally:
            _stop(servers)


def say(line: str) -> None:
    """Show a step at once, also through a pipe; a reader that has gone must not keep us from stopping."""
    with suppress(OSError):
        print(f"  {line}", flush=True)


def _run(data: Path, servers: Servers) -> None:
    _start(servers)
    environment = describe(data, servers, migrates=True)
    os.environ.update(environment)
    say("Schema and static files ...")
    _command("prepare")
    credentials = data / "demo-credentials.json"
    if _wants_demo(servers) and not credentials.exists():
        say("Demo organisations, for the first start ...")
        _command("manage", "seed_demo")
    # Counts of the processes of an earlier run.
    shutil.rmtree(data / "run" / "metrics", ignore_errors=True)
    os.environ.pop("DATABASE_OWNER_URL", None)
    say("Web, worker, scheduler and dispatcher ...")
    supervisor = Supervisor(
        [
            Part("web", parts.web()),
            Part("worker", parts.worker()),
            Part("scheduler", parts.scheduler()),
            Part("dispatcher", parts.dispatcher()),
        ],
        data / "run" / "parts.json",
        say,
    )
    supervisor.run(tick=_Announcement(credentials))


def _start(servers: Servers) -> None:
    if servers.postgres:
        say("PostgreSQL ...")
        servers.postgres.start()
    if servers.valkey:
        say("Valkey ...")
        servers.valkey.start()
    else:
        require_redis(os.environ["REDIS_URL"])


def _stop(servers: Servers) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    say("Stopping ...")
    servers.stop()


def _command(*arguments: str) -> None:
    """Run one of our own commands in its own process, as another role."""
    if subprocess.run([sys.executable, "-m", "bailiwick.config.cli", *arguments], check=False).returncode:
        raise StartError(f"`bailiwick {' '.join(arguments)}` failed; the lines above say why.")


def _wants_demo(servers: Servers) -> bool:
    return servers.are_embedded and parts.host() in parts.LOOPBACK and not settings_module().endswith(".production")


@contextmanager
def _only_one(data: Path) -> Iterator[None]:
    try:
        with exclusive(data / "run" / "up.lock", wait=False):
            yield
    except BlockingIOError as error:
        raise StartError(f"Bailiwick already runs on {data}: stop it first, or set BAILIWICK_DATA.") from error


def _require_free_port() -> None:
    family = socket.AF_INET6 if ":" in parts.host() else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((parts.host(), parts.port()))
        except OSError as error:
            raise StartError(
                f"Port {parts.port()} on {parts.host()} cannot be used ({error.strerror}): "
                "choose another with BAILIWICK_PORT."
            ) from error


def _leave(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


class _Announcement:
    """Says once that the pages answer, and who may sign in."""

    def __init__(self, credentials: Path) -> None:
        self._credentials = credentials
        self._begun = time.monotonic()
        self._is_said = self._is_slow_said = False

    def __call__(self) -> None:
        if self._is_said:
            return
        if _is_ready():
            self._is_said = True
            with suppress(OSError):
                print(f"\nBailiwick is ready at {_address()}", flush=True)
            self._show_demo()
        elif not self._is_slow_said and time.monotonic() - self._begun > SLOW_START:
            self._is_slow_said = True
            say(f"Not ready after {SLOW_START:.0f} s; {_address()}/health/ready says what is missing")

    def _show_demo(self) -> None:
        if not self._credentials.exists():
            return
        demo = json.loads(self._credentials.read_text())
        if demo["url"] != _address():
            write_private(
                self._credentials,
                json.dumps(demo | {"url": _address()}, indent=2) + "\n",
            )
        rows = [(user["organization"], user["role"], user["login"], user["password"]) for user in demo["users"]]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            say(
                "  ".join(
                    [
                        *(text.ljust(width) for text, width in zip(row, widths, strict=False)),
                        row[3],
                    ]
                )
            )
        say(f"The same, and an API key of {demo['users'][0]['organization']}, are in {self._credentials}")


def _address() -> str:
    shown = "localhost" if parts.host() in (*parts.LOOPBACK, "0.0.0.0", "::") else parts.host()
    return f"http://{shown}:{parts.port()}"


def _is_ready() -> bool:
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(parts.host(), parts.host())
    names = os.environ.get("BAILIWICK_ALLOWED_HOSTS", "").split(",")
    connection = http.client.HTTPConnection(target, parts.port(), timeout=2)
    try:
        connection.request(
            "GET",
            "/health/ready",
            headers={"Host": names[0].strip().lstrip(".") or "localhost"},
        )
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
