"""Django's test client with each of the three credentials."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.actions import issue_key
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.tokens import issue_refresh, pair_of
from bailiwick.kernel.tenancy.scope import enter

MakeClient = Callable[..., Client]


def bearer(secret: str, **options: Any) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"}, **options)


def with_session(member: Member, **options: Any) -> Client:
    """Signed in by a browser."""
    client = Client(**options)
    session = client.session
    session["signed_in"] = {
        "organization": str(member.organization_id),
        "member": str(member.id),
        "at": now().isoformat(),
    }
    session.save()
    return client


def with_token(member: Member, **options: Any) -> Client:
    """A person with an access token."""
    claims = {
        "user_id": str(member.user_id),
        "organization": str(member.organization_id),
        "member": str(member.id),
        "username": member.name,
    }
    return bearer(pair_of(issue_refresh(claims, not_before=now()))["access"], **options)


def with_key(member: Member, scopes: Sequence[str] | None = None, **options: Any) -> Client:
    """A member with a key; without `scopes` it allows all that the member may."""
    system = ActorRef(member.organization_id, None, Credential.SYSTEM)
    with enter(member.organization_id):
        given = tuple(registry().rights) if scopes is None else scopes
        _row, key = issue_key(system, member_id=member.id, name="Test", scopes=given)
    return bearer(key, **options)


@pytest.fixture
def session_client(db: None) -> MakeClient:
    """`session_client(member)`."""
    return with_session


@pytest.fixture
def token_client(db: None) -> MakeClient:
    """`token_client(member)`."""
    return with_token


@pytest.fixture
def key_client(db: None) -> MakeClient:
    """`key_client(member, scopes)`."""
    return with_key
