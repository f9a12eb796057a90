"""Who keeps webhooks, and a receiver."""

from collections.abc import Iterator
from typing import Any

import pytest

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.events.tests.receivers import Receiver, receiving
from bailiwick.kernel.testing.factories import actor_for, new_member


@pytest.fixture
def actor(organization: Any, transactional_db: None) -> Actor:
    return actor_for(new_member(organization, "integrator"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
