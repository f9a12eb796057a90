import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bailiwick.runtime.postgres import EmbeddedPostgres
from bailiwick.runtime.valkey import EmbeddedValkey
from tests.runtime.installations import Fresh, Installation

STORE = """
import io
from bailiwick.kernel.access.entry import acting_as
from bailiwick.kernel.files.actions import store_made
with acting_as("aldermoor", given["login"]) as actor:
    content = io.BytesIO(b"product,title\\n" + b"1,one\\n" * 100_000)
    kept = store_made(actor=actor, purpose="predictions.import", name="kept.csv", kind="csv", content=content)
print(json.dumps(kept.place))
"""


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A short data folder that every user of the machine can enter."""
    folder = Path(tempfile.mkdtemp(prefix="bw-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def postgres(open_folder: Path) -> Iterator[EmbeddedPostgres]:
    engine = EmbeddedPostgres(open_folder)
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture(scope="module")
def valkey(open_folder: Path) -> Iterator[EmbeddedValkey]:
    engine = EmbeddedValkey(open_folder)
    engine.start()
    yield engine
    engine.stop()


only_root = pytest.mark.skipif(os.geteuid() != 0, reason="concerns a start by root")


@pytest.fixture(scope="package")
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="bw-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="package")
def running(folder: Path) -> Iterator[Installation]:
    """With demo people, and a file."""
    installation = Installation(folder / "one").start()
    try:
        assert installation.run("prepare").returncode == 0
        assert installation.run("manage", "seed_demo").returncode == 0
        installation.ask(STORE, login="mara.lindqvist")
        yield installation
    finally:
        installation.stop()


@pytest.fixture(scope="package")
def quiet(running: Installation, folder: Path) -> Path:
    """A backup made while nothing happens."""
    path = folder / "quiet.tar.gz"
    result = running.run("backup", str(path), "--without-secrets")
    assert result.returncode == 0, result.stderr
    return path


@pytest.fixture
def fresh(running: Installation, tmp_path: Path) -> Iterator[Fresh]:
    """Empty databases of the same server, named by the environment as one's own are."""
    made: list[str] = []

    def make() -> Installation:
        name = f"fresh_{len(made)}"
        with psycopg.connect(running.postgres.superuser_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER app_owner")
        made.append(name)
        urls = (running.postgres.runtime_url, running.postgres.owner_url)
        runtime, owner = (url.replace("/bailiwick?", f"/{name}?") for url in urls)
        given = {"DATABASE_URL": runtime, "DATABASE_OWNER_URL": owner, "REDIS_URL": running.valkey.url}
        return Installation(tmp_path / name, given)

    yield make
    with psycopg.connect(running.postgres.superuser_url, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
