from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.clients import with_token
from bailiwick.kernel.testing.factories import new_member, new_organization


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = "bailiwick.kernel.api.tests.endpoints"
    cache.clear()
    yield


@pytest.fixture
def member(db: None) -> Member:
    """One person in one organisation."""
    return new_member(new_organization())


@pytest.fixture
def anybody() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def api(member: Member) -> Client:
    """A client with the member's token."""
    return with_token(member, raise_request_exception=False)
