"""What a key opens that its person made: no more than what they proved before they made it."""

import pytest

from bailiwick.kernel.identity.choices import Method
from bailiwick.kernel.identity.models import Member, Session, SignInPolicy, Totp
from bailiwick.kernel.identity.tests.doors import is_in, join
from bailiwick.kernel.identity.tests.enrolling import by_key, live_keys
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import session_of, with_session
from bailiwick.kernel.testing.factories import new_member
from bailiwick.kernel.testing.passkeys import Authenticator, add_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(organization: Organization) -> Member:
    """Somebody with a password, where passkeys alone are taken."""
    with enter(organization.id):
        SignInPolicy.objects.create(methods=[Method.PASSKEY])
    return new_member(organization, "administrator")


def test_a_key_made_after_a_password_elsewhere_does_not_open_where_passkeys_alone_are_taken(
    member: Member, other_organization: Organization
) -> None:
    """Else the other organisation's password, or a mailed link to a new one, would be a way around the policy."""
    elsewhere, authenticator = join(member.user_id, other_organization), Authenticator()
    client = with_session(elsewhere)
    assert add_key(client, authenticator).status_code == 302
    assert [key.only_in for key in live_keys(member)] == [other_organization.id]
    client = by_key(authenticator)
    assert is_in(client)
    assert client.post("/organization/", {"membership": str(member.id)}).status_code == 403
    with enter(member.organization_id):
        assert not Session.objects.exists()


def test_a_key_made_by_means_of_a_passkey_opens_what_that_one_opens(
    member: Member, other_organization: Organization
) -> None:
    elsewhere = join(member.user_id, other_organization)
    session = session_of(elsewhere, method=Method.PASSKEY)
    assert add_key(with_session(elsewhere, session=session), Authenticator()).status_code == 302
    assert [key.only_in for key in live_keys(member)] == [None]


def test_an_application_set_up_after_a_password_elsewhere_is_refused_where_one_asks_for_codes(
    organization: Organization, other_organization: Organization
) -> None:
    with enter(organization.id):
        SignInPolicy.objects.create(methods=[Method.TWO_FACTOR])
    member = new_member(organization, "administrator")
    client = with_session(join(member.user_id, other_organization))
    assert client.post("/accounts/security/application/begin/").status_code == 403
    assert not Totp.objects.filter(user_id=member.user_id).exists()
