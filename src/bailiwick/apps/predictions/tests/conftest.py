from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def program(organization: Any, member: Any, key_client: Any) -> Client:
    """A program with a key that may submit and audit."""
    return key_client(member(organization, "submitter", kind="program"))


@pytest.fixture
def reviewer(organization: Any, member: Any, token_client: Any) -> Client:
    return token_client(member(organization, "reviewer"))


@pytest.fixture
def second_reviewer(organization: Any, member: Any, token_client: Any) -> Client:
    return token_client(member(organization, "reviewer"))
