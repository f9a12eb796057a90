"""Installations of their own for tests: engines, schema, people, and what programs do in them."""

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bailiwick.runtime.postgres import EmbeddedPostgres
from bailiwick.runtime.valkey import EmbeddedValkey
from tests.runtime.waiting import LONG

OURS = ("DATABASE_", "REDIS_URL", "BAILIWICK_", "DJANGO_SETTINGS_MODULE", "PROMETHEUS_")
PRELUDE = """
import json, sys, django
django.setup()
from django.test import Client
def call(secret, path, body=None):
    client = Client(headers={"Authorization": f"Bearer {secret}"} if secret else {}, SERVER_NAME="localhost")
    if body is None:
        return client.get("/api" + path)
    return client.post("/api" + path, json.dumps(body), "application/json")
given = json.loads(sys.argv[1])
"""


@dataclass
class Installation:
    """A data folder with engines that run, and no part."""

    data: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> "Installation":
        self.postgres, self.valkey = EmbeddedPostgres(self.data).start(), EmbeddedValkey(self.data).start()
        return self

    def stop(self) -> None:
        EmbeddedValkey(self.data).stop()
        EmbeddedPostgres(self.data).stop()

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`bailiwick …` on this installation."""
        command = [sys.executable, "-m", "bailiwick.config.cli", *arguments]
        return subprocess.run(
            command,
            env=self.environment_of(**environment),
            capture_output=True,
            text=True,
            timeout=2 * LONG,
            check=False,
        )

    def begin(self, script: str, **given: Any) -> "subprocess.Popen[str]":
        """A program that does something inside of it, told `given`."""
        command = [sys.executable, "-m", "bailiwick.config.cli", "manage", "shell", "--verbosity", "0", "-c"]
        prelude = PRELUDE.replace("sys.argv[1]", repr(json.dumps(given)))
        return subprocess.Popen(
            [*command, prelude + script],
            env=self.environment_of(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ask(self, script: str, **given: Any) -> Any:
        """What such a program prints as JSON in its last line."""
        said, complaint = self.begin(script, **given).communicate(timeout=2 * LONG)
        assert said, complaint
        return json.loads(said.splitlines()[-1])

    def credentials(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "demo-credentials.json").read_text())
        return found

    def environment_of(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
        return kept | {"BAILIWICK_DATA": str(self.data)} | self.environment | more


Fresh = Callable[[], Installation]


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The archive with some of its pieces changed, or left out."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for entry in old:
            content = old.extractfile(entry)
            assert content
            if (changed := change(entry.name, content.read())) is not None:
                entry.size = len(changed)
                new.addfile(entry, io.BytesIO(changed))
    return target
