import pytest
from django.core.cache import cache
from django.test import Client

from bailiwick.kernel.identity.models import Member, Totp, User
from bailiwick.kernel.identity.rules.totp import code_at
from bailiwick.kernel.identity.tests.doors import APPLICATION, step_now
from bailiwick.kernel.identity.tests.enrolling import new_key_manager
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import new_member
from bailiwick.kernel.testing.passkeys import Authenticator, add_key


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """No attempt of another test's counts."""
    cache.clear()


@pytest.fixture
def member(organization: Organization) -> Member:
    """One person in one organisation."""
    return new_member(organization, department="Quality")


@pytest.fixture
def manager(organization: Organization) -> Member:
    """Somebody who keeps the keys of others."""
    return new_key_manager(organization)


@pytest.fixture
def program(organization: Organization) -> Member:
    return new_member(organization, "submitter", kind="program", name="Shop")


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
