"""What the benches play on: engines of their own, and for each size of backlog a database and a server of its own."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from bailiwick.runtime import parts
from bailiwick.runtime.places import project_root
from bailiwick.runtime.postgres import EmbeddedPostgres
from bailiwick.runtime.valkey import EmbeddedValkey
from bench.fill import fill
from bench.load import Client

ROOT = project_root()
DATA = ROOT / "var" / "bench"
KEY = "for-benches-only-for-benches-only-for-benches-only"
ENCRYPTION_KEY = "Zm9yLWJlbmNoZXMtb25seS1mb3ItYmVuY2hlcy1vbmw="
CLIENTS = 8

RESET = "SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = %s), 0)"
SEEN = (
    "SELECT s.query, s.calls FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
    " WHERE d.datname = %s AND s.query !~* '^(begin|commit|rollback|savepoint|release|start transaction)'"
    # what foreign keys ask at the end of a transaction is not sent by anybody; the server may show its 1 as a parameter
    " AND s.query !~ '^SELECT (1|[$][0-9]+) FROM ONLY .* FOR KEY SHARE OF x$'"
)


class Place:
    """One database with its people and its server; the server starts when it is first asked."""

    def __init__(self, stage: "Stage", name: str, number: int) -> None:
        self.stage, self.name, self.number = stage, name, number
        self.people: dict[str, Any] = {}
        self._server: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def environment(self) -> dict[str, str]:
        runtime, owner = (self._url(url) for url in (self.stage.postgres.runtime_url, self.stage.postgres.owner_url))
        return {
            "DATABASE_URL": runtime,
            "DATABASE_OWNER_URL": owner,
            "REDIS_URL": self.stage.valkey.url.removesuffix("/0") + f"/{self.number}",
            "BAILIWICK_DATA": str(DATA / self.name),
            "BAILIWICK_SECRET_KEY": KEY,
            "BAILIWICK_ENCRYPTION_KEYS": ENCRYPTION_KEY,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "PYTHONPATH": str(ROOT),
        }

    def _url(self, url: str) -> str:
        return url.replace("/bailiwick?", f"/{self.name}?")

    @property
    def superuser_url(self) -> str:
        return self._url(self.stage.postgres.url("postgres"))

    def run(self, *arguments: str, **more: str) -> str:
        command = [sys.executable, *arguments]
        environment = os.environ | self.environment | more
        return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    def make_folders(self) -> None:
        for name in ("static", "run"):
            (DATA / self.name / name).mkdir(parents=True, exist_ok=True)

    def make(self, backlog: int) -> None:
        """A schema, people, and the backlog."""
        self.make_folders()
        self.stage.create(self.name, "template1")
        self.run("-m", "django", "migrate", "--verbosity", "0", BAILIWICK_DATABASE_ROLE="owner")
        self.people = json.loads(self.run("-m", "bench.people"))
        fill(self.superuser_url, self.people, backlog)
        self._people_file.write_text(json.dumps(self.people))

    def clone(self, source: "Place") -> None:
        self.make_folders()
        self.people = json.loads(source._people_file.read_text())
        self.stage.create(self.name, source.name)

    @property
    def _people_file(self) -> Path:
        return DATA / self.name / "people.json"

    def serve(self, **environment: str) -> None:
        """Start the web part exactly as the product does, and wait until it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        os.environ["BAILIWICK_PORT"] = str(self.port)
        command = [*parts.web()[:-1], "bench.wsgi:application"]
        self._server = subprocess.Popen(command, env=os.environ | self.environment | environment, cwd=ROOT)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if self.client("").send("", "GET", "/health/ready")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("The server did not become ready.")

    def client(self, credential: str) -> Client:
        return Client(self.port, credential)

    def reviewers(self, number: int = CLIENTS) -> list[Client]:
        return [self.client(each["token"]) for each in self.people["reviewers"][:number]]

    def stop(self) -> None:
        if self._server:
            self._server.terminate()
            self._server.wait()
            self._server = None

    def statements(self, work: Callable[[], int]) -> tuple[float, dict[str, int]]:
        """How many statements reach the server for each of the operations that `work` does and counts."""
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            connection.execute(RESET, [self.name])
            done = work()
            seen: dict[str, int] = dict(connection.execute(SEEN, [self.name]).fetchall())
        return sum(seen.values()) / done, seen

    def query(self, statement: str, *values: Any) -> list[Any]:
        """Ask as nobody whom a policy narrows."""
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[call-overload, no-any-return]


class Stage:
    """Engines below var/bench, and the places asked for so far.

    A filled database is kept as a template for the next run, until the schema changes.
    """

    def __enter__(self) -> "Stage":
        DATA.mkdir(parents=True, exist_ok=True)
        DATA.chmod(0o755)
        self.postgres, self.valkey = EmbeddedPostgres(DATA).start(), EmbeddedValkey(DATA).start()
        self.places: dict[str, Place] = {}
        self._drop(
            lambda name: name.startswith("bench_") or (name.startswith("filled_") and not name.endswith(_state()))
        )
        return self

    def __exit__(self, *failure: object) -> None:
        for place in self.places.values():
            place.stop()
        self._drop(lambda name: name.startswith("bench_"))
        self.valkey.stop()
        self.postgres.stop()

    def server(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.postgres.url("postgres", database="postgres"), autocommit=True)

    def create(self, name: str, source: str) -> None:
        with self.server() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {source} OWNER app_owner STRATEGY file_copy")

    def place(self, backlog: int, name: str = "", **environment: str) -> Place:
        """The database with that many pending predictions, and its server; made when first asked for."""
        name = name or f"bench_{backlog}"
        if name not in self.places:
            self.places[name] = Place(self, name, len(self.places) + 1)
            self.places[name].clone(self._filled(backlog))
            self.places[name].serve(**environment)
        return self.places[name]

    def _filled(self, backlog: int) -> Place:
        filled = Place(self, f"filled_{backlog}_{_state()}", 0)
        if not self._exists(filled.name):
            print(f"  Filling a database with {backlog:,} pending predictions ...", flush=True)
            making = Place(self, f"bench_{backlog}_new", 0)
            filled.make_folders()
            making.make(backlog)
            making._people_file.rename(filled._people_file)
            with self.server() as connection:
                connection.execute(f"ALTER DATABASE {making.name} RENAME TO {filled.name}")
        return filled

    def _exists(self, name: str) -> bool:
        with self.server() as connection:
            return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())

    def _drop(self, is_old: Callable[[str], bool]) -> None:
        with self.server() as connection:
            for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall():
                if is_old(name):
                    connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
                    shutil.rmtree(DATA / name, ignore_errors=True)


@cache
def _state() -> str:
    """Names the state of the schema and of what fills it."""
    source = ROOT / "src" / "bailiwick"
    files = [ROOT / "bench" / "fill.py", ROOT / "bench" / "people.py", *sorted(source.rglob("migrations/*.py"))]
    files += [source / "kernel" / name / "constraints.py" for name in ("tenancy", "audit", "identity", "decisions")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:10]
