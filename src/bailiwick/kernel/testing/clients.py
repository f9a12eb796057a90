"""Django's test client with each of the three credentials."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.entry import enter_by_session
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.actions import open_session, write_key
from bailiwick.kernel.identity.choices import Credential, Method, SessionKind
from bailiwick.kernel.identity.models import Member, Session, User
from bailiwick.kernel.identity.queries import list_memberships
from bailiwick.kernel.identity.tokens import new_pair
from bailiwick.kernel.tenancy.scope import enter

MakeClient = Callable[..., Client]


def bearer(secret: str, **options: Any) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"}, **options)


def session_of(
    member: Member, kind: str = SessionKind.BROWSER, method: str = Method.PASSWORD, **values: Any
) -> Session:
    """A person signed in from where the test's clients are, by the one action that every door calls."""
    values.setdefault("address", "127.0.0.1")
    user = User.objects.get(id=str(member.user_id))
    membership = next(each for each in list_memberships(user.id) if each.member_id == member.id)
    return open_session(
        user=user, membership=membership, kind=kind, method=method, request_id="request-of-a-test", **values
    )


def acting_in(session: Session) -> Actor:
    """The actor of a session, as a request has it."""
    entry = enter_by_session(session.id, kind=session.kind, request_id="request-of-a-test")
    with transaction.atomic(), entry as actor:
        assert isinstance(actor, Actor), "this session lets nobody in"
        return actor


def with_session(member: Member, *, session: Session | None = None, **options: Any) -> Client:
    """Signed in by a browser."""
    client = Client(**options)
    store = client.session
    store["signed_in"] = {"session": str((session or session_of(member)).id), "time_zone": ""}
    store.save()
    return client


def with_token(member: Member, *, session: Session | None = None, **options: Any) -> Client:
    """A person with an access token."""
    session = session or session_of(member, SessionKind.TOKEN)
    assert session.refresh_number
    return bearer(new_pair(session.id, session.refresh_number, {"user_id": str(member.user_id)})["access"], **options)


def with_key(member: Member, scopes: Sequence[str] | None = None, **options: Any) -> Client:
    """A member with a key; without `scopes` it allows all that the member may."""
    system = ActorRef(member.organization_id, None, Credential.SYSTEM)
    with enter(member.organization_id):
        given = tuple(registry().rights) if scopes is None else scopes
        _row, key = write_key(system, member_id=member.id, name="Test", scopes=given)
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
