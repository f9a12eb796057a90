"""Programs with keys, for tests."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.entry import enter_by_key
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.identity.keys import key_digest


def acting(key: str, address: str = "192.0.2.7") -> Actor | None:
    """Who acts that shows a key at the door, from an address."""
    entry = enter_by_key(key_digest(key), caller=Caller(address), request_id="r")
    with transaction.atomic(), entry as actor:
        return actor


def refused(error: type[DomainError], action: Callable[..., Any], **values: Any) -> None:
    """An action raises, and leaves nothing behind."""
    with pytest.raises(error), transaction.atomic():
        action(**values)
