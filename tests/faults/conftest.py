"""What the tests of faults share."""

from collections.abc import Iterator

import pytest

from bailiwick.kernel.jobs.gateways import app
from bailiwick.kernel.jobs.tests.factories import register_kinds
from tests.faults.shops import Shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    register_kinds()
    app.control.purge()
    shop = Shop()
    try:
        shop.open()
        yield shop
    finally:
        shop.close()
