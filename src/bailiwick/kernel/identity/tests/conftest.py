import pytest
from django.test import Client

from bailiwick.kernel.identity.models import Member, Totp, User
from bailiwick.kernel.identity.rules.totp import code_at
from bailiwick.kernel.identity.tests.doors import APPLICATION, step_now
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import new_member, new_organization
from bailiwick.kernel.testing.passkeys import Authenticator, add_key


@pytest.fixture
def member(db: None) -> Member:
    """One person in one organisation."""
    return new_member(new_organization(), department="Quality")


@pytest.fixture
def key(member: Member) -> Authenticator:
    """The person's own passkey."""
    authenticator = Authenticator()
    assert add_key(with_session(member), authenticator).status_code == 302
    return authenticator


@pytest.fixture
def user(member: Member) -> User:
    return User.objects.get(id=str(member.user_id))


@pytest.fixture
def mine(member: Member) -> Client:
    """The person, signed in, in a browser."""
    return with_session(member)


@pytest.fixture
def application(mine: Client) -> Totp:
    """Set up and confirmed by the code of the step before, so that the present one is not used."""
    mine.post(f"{APPLICATION}begin/")
    totp = Totp.objects.get()
    assert mine.post(APPLICATION, {"code": code_at(totp.secret, step_now() - 1)}).status_code == 302
    return totp
