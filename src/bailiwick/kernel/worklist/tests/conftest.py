from collections.abc import Callable
from typing import Any

import pytest

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.manifest import Queue
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.tests.factories import RIGHT, register_queue

Worker = Callable[..., Actor]


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    return register_queue(monkeypatch)


@pytest.fixture
def worker(queue: Queue, organization: Any) -> Worker:
    """`worker(kind="person")`: somebody who may work the queue."""
    return lambda kind="person": actor_for(new_member(organization, RIGHT, kind=kind))
