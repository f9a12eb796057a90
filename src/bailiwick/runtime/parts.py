"""The commands of the parts; one machine and many run the same."""

import os
import sys

from bailiwick.runtime.errors import StartError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def host() -> str:
    """The address that the web part listens on."""
    return os.environ.get("BAILIWICK_HOST") or "127.0.0.1"


def port() -> int:
    """The port that the web part listens on."""
    given = os.environ.get("BAILIWICK_PORT") or "8000"
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 65536:
        raise StartError(f"BAILIWICK_PORT is {given!r}: give a number from 1 to 65535.")
    return int(given)


def web() -> list[str]:
    """Two processes of four threads serve people and programs."""
    options = {
        "--interface": "wsgi",
        "--host": host(),
        "--port": str(port()),
        "--workers": os.environ.get("BAILIWICK_WORKERS") or "2",
        "--blocking-threads": os.environ.get("BAILIWICK_THREADS") or "4",
        "--workers-kill-timeout": "10",
        "--log-level": "warning",
    }
    flags = [word for pair in options.items() for word in pair]
    return [
        sys.executable,
        "-m",
        "granian",
        *flags,
        "--no-ws",
        "--respawn-failed-workers",
        "bailiwick.config.wsgi:application",
    ]


def worker() -> list[str]:
    """Two processes, each replaced after 500 messages or at 300 MB."""
    options = {
        "--concurrency": os.environ.get("BAILIWICK_WORKER_PROCESSES") or "2",
        "--max-tasks-per-child": "500",
        "--max-memory-per-child": "300000",
        "--loglevel": "WARNING",
    }
    flags = [f"{option}={value}" for option, value in options.items()]
    # JSON messages alone are accepted: what the warning is about, code in a message, cannot come.
    calm = ["-W", "ignore:You're running the worker"]
    celery = [sys.executable, *calm, "-m", "celery", "--quiet", "--app=bailiwick.config.celery", "worker"]
    return [*celery, *flags, "--without-gossip", "--without-mingle"]


def scheduler() -> list[str]:
    """Any number may run at one time: what it does may be done twice."""
    return [sys.executable, "-m", "django", "run_scheduler"]


def dispatcher() -> list[str]:
    """Any number may run at one time: what one has in hand the others pass over."""
    return [sys.executable, "-m", "django", "run_dispatcher"]
