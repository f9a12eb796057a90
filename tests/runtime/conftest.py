import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bailiwick.runtime.postgres import EmbeddedPostgres
from bailiwick.runtime.valkey import EmbeddedValkey


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
