"""The pytest plugin of the whole suite: starts the engines before Django reads its settings, and adds the fixtures."""

import os
from collections.abc import Generator
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings

from bailiwick.kernel.testing.databases import database_name, ensure_template, run_number, worker_number
from bailiwick.kernel.testing.engines import Engines

# These import models, or replace fixtures of pytest-django: not before Django is set up.
PARTS = ("lifetimes", "factories", "clients", "statements", "browsers")
ENGINES = pytest.StashKey[Engines]()

# No test asserts speed: a machine that is busy with others may be slow at any moment. And the same examples in every
# run: what turns red was changed by what is tested. `--hypothesis-profile=default` searches for new ones.
settings.register_profile("bailiwick", deadline=None, derandomize=True)
settings.load_profile("bailiwick")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """Start the engines, or use those of the run that this worker belongs to."""
    engines = early_config.stash[ENGINES] = Engines()
    os.environ["DJANGO_SETTINGS_MODULE"] = "bailiwick.config.settings.test"
    engines.start()
    early_config.add_cleanup(engines.leave)
    if worker_number() is None:
        os.environ["BAILIWICK_TEST_RUN"] = str(os.getpid())
        ensure_template(engines)
    storage = TemporaryDirectory(prefix="bailiwick-storage-")
    early_config.add_cleanup(storage.cleanup)
    os.environ["BAILIWICK_TEST_STORAGE"] = storage.name
    os.environ.update(engines.environment(database_name(), run_number() * 3 + (worker_number() or 0)))
    result = yield
    for part in PARTS:
        name = f"bailiwick.kernel.testing.{part}"
        early_config.pluginmanager.register(import_module(name), name)
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not os.environ.get("BAILIWICK_SAMPLES"):
        terminalreporter.write_line("BAILIWICK_SAMPLES is not set: tests over real third-party files were skipped.")


@pytest.fixture(scope="session")
def engines(pytestconfig: pytest.Config) -> Engines:
    """The running engines."""
    return pytestconfig.stash[ENGINES]
