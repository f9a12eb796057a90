"""`bailiwick up` as a person runs it: killed without warning, started again, stopped."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from bailiwick.runtime.postgres import EmbeddedPostgres
from bailiwick.runtime.supervisor import end_leftovers
from bailiwick.runtime.valkey import EmbeddedValkey
from tests.runtime.waiting import LONG, until

GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PROMETHEUS_MULTIPROC_DIR")


@contextmanager
def running(data: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and what it said until it was ready."""
    environment = {
        key: value for key, value in os.environ.items() if key not in GIVEN and not key.startswith("BAILIWICK_")
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bailiwick.config.cli", "up"],
        env=environment | {"BAILIWICK_DATA": str(data), "BAILIWICK_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, _said_until_ready(process)
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=LONG)


def _said_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if "Bailiwick is ready" in line:
            return said
    raise AssertionError(said)


def _belonging_to(data: Path) -> list[str]:
    """Command lines of what still runs for this data folder."""
    found = []
    for process in psutil.process_iter():
        try:
            lines = process.cmdline()
            if process.status() != psutil.STATUS_ZOMBIE and (
                any(str(data) in word for word in lines) or process.environ().get("BAILIWICK_DATA") == str(data)
            ):
                found.append(" ".join(lines))
        except psutil.Error:
            continue
    return found


def test_a_killed_installation_comes_back_whole_and_stops_without_a_trace(open_folder: Path) -> None:
    data = open_folder / "up"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    try:
        with running(data, port) as (process, said):
            credentials = json.loads((data / "demo-credentials.json").read_text())
            assert stat.S_IMODE((data / "demo-credentials.json").stat().st_mode) == 0o600
            assert credentials["url"] == f"http://localhost:{port}"
            with psycopg.connect(EmbeddedPostgres(data).owner_url, autocommit=True) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
            process.send_signal(signal.SIGKILL)
            process.wait()

        with running(data, port) as (process, said):
            assert "Demo" not in said
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=LONG) as answer:
                assert answer.status == 200
            with psycopg.connect(EmbeddedPostgres(data).owner_url) as connection:
                assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
            process.send_signal(signal.SIGINT)
            assert process.stdout
            said = process.stdout.read()
            assert process.wait(timeout=LONG) == 0
            assert all(user["password"] in said for user in credentials["users"])
            assert credentials["api_key"] not in said
            assert f"an API key of aldermoor, are in {data / 'demo-credentials.json'}" in said
            assert "<h1>" in (data / "pages" / "offline.html").read_text()
        until(lambda: not _belonging_to(data))
    finally:
        end_leftovers(data / "run" / "parts.json")
        EmbeddedValkey(data).stop()
        EmbeddedPostgres(data).stop()
