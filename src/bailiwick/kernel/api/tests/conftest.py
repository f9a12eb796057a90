import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken

from bailiwick.kernel.identity.models import Member
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


def token_of(member: Member) -> str:
    token = AccessToken()
    token.payload.update(
        user_id=str(member.user_id), organization=str(member.organization_id), member=str(member.id), username="rita"
    )
    token["iat"] = time.time()
    return str(token)


@pytest.fixture
def anybody() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def api(member: Member) -> Client:
    """A client with the member's token."""
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token_of(member)}"})
