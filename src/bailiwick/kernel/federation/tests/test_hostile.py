"""An organisation that means ill: its provider says whatever it wants, and reaches only what is its own."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.federation.models import Provider
from bailiwick.kernel.federation.tests.houses import come_by_saml, prove, with_saml
from bailiwick.kernel.federation.tests.peers.saml import SamlProvider
from bailiwick.kernel.identity.actions import add_member
from bailiwick.kernel.identity.models import Member, Session, SignInPolicy, User
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import new_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def hostile(other_organization: Organization) -> Organization:
    return other_organization


@pytest.fixture(scope="module")
def liar() -> SamlProvider:
    return SamlProvider()


@pytest.fixture
def way(hostile: Organization, liar: SamlProvider) -> Provider:
    """Anybody may join, of whatever name and address."""
    return with_saml(hostile, liar)


@pytest.fixture
def victim(organization: Organization) -> Member:
    member = new_member(organization, "administrator", name="Vera Victim")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE identity_user SET email = 'vera@example.com', email_confirmed_at = now() WHERE id = %s",
            [member.user_id],
        )
    return member


def also_at(hostile: Organization, victim: Member) -> Member:
    """The victim works for the hostile organisation too."""
    with enter(hostile.id):
        member = add_member(
            ActorRef(hostile.id, None, "system"), name="Vera Victim", kind="person", user_id=victim.user_id
        )
        member.refresh_from_db()
        return member


def state_of(victim: Member) -> list[Any]:
    """All that is kept of a person, wherever: what must not move."""
    found = []
    with enter(victim.organization_id), connection.cursor() as cursor:
        for statement in (
            "SELECT u::text FROM identity_user u WHERE id = %s",
            "SELECT p::text FROM identity_passkey p WHERE user_id = %s AND only_in IS NULL",
            "SELECT t::text FROM identity_totp t WHERE user_id = %s AND ended_at IS NULL AND confirmed_at IS NOT NULL",
            "SELECT c::text FROM identity_recoverycode c WHERE user_id = %s",
            "SELECT s::text FROM identity_session s WHERE user_id = %s ORDER BY id",
            "SELECT m::text FROM identity_member m WHERE user_id = %s ORDER BY id",
        ):
            cursor.execute(statement, [victim.user_id])
            found.append(cursor.fetchall())
    return found


def test_a_person_of_another_organisation_is_not_who_comes_in(
    client: Client, organization: Organization, hostile: Organization, way: Provider, liar: SamlProvider, victim: Member
) -> None:
    """Not even with the address, and the domain proved by the one that lies."""
    prove(hostile, "example.com")
    before = state_of(victim)
    liar.attributes = {"mail": ["vera@example.com"], "displayName": ["Vera Victim"]}
    login = User.objects.get(id=str(victim.user_id)).username
    assert come_by_saml(client, way, liar, subject=login).status_code == 302
    with enter(hostile.id):
        session = Session.objects.get()
        assert session.user_id != victim.user_id
    assert state_of(victim) == before
    with enter(organization.id):
        assert not Session.objects.exists()


def test_a_person_of_both_is_only_in_the_one_whose_provider_vouched(
    client: Client, organization: Organization, hostile: Organization, way: Provider, liar: SamlProvider, victim: Member
) -> None:
    prove(hostile, "example.com")
    also_at(hostile, victim)
    liar.attributes = {"mail": ["vera@example.com"]}
    assert come_by_saml(client, way, liar, subject="1").status_code == 302
    with enter(hostile.id):
        assert Session.objects.get().user_id == victim.user_id
    page = client.get("/accounts/me/")
    assert page.status_code == 200
    answer = client.post("/organization/", {"membership": str(victim.id)})
    assert answer.status_code >= 400
    with enter(organization.id):
        assert not Session.objects.exists()


SHUT = [
    ("/accounts/me/", {"first_name": "Not", "last_name": "Vera", "email": "vera@example.com"}),
    ("/accounts/me/", {"first_name": "Not", "last_name": "Vera", "email": "evil@example.com", "language": "de"}),
    ("/accounts/password", {"current_password": "x", "new_password": "a sentence that is quite long"}),
    ("/accounts/security/application/begin/", {}),
    ("/accounts/security/codes/", {}),
    ("/accounts/sessions/end/", {}),
]


@pytest.mark.parametrize(("path", "form"), SHUT, ids=str)
def test_from_there_nothing_of_the_person_themselves_is_changed(
    client: Client,
    organization: Organization,
    hostile: Organization,
    way: Provider,
    liar: SamlProvider,
    victim: Member,
    path: str,
    form: dict[str, str],
) -> None:
    prove(hostile, "example.com")
    also_at(hostile, victim)
    own = with_session(victim)
    assert own.get("/accounts/me/").status_code == 200
    liar.attributes = {"mail": ["vera@example.com"]}
    come_by_saml(client, way, liar, subject="1")
    before = state_of(victim)
    client.post(path, form)
    assert state_of(victim) == before
    assert own.get("/accounts/me/").status_code == 200


def test_the_sessions_of_other_organisations_are_not_shown_there(
    client: Client, organization: Organization, hostile: Organization, way: Provider, liar: SamlProvider, victim: Member
) -> None:
    prove(hostile, "example.com")
    also_at(hostile, victim)
    with_session(victim)
    liar.attributes = {"mail": ["vera@example.com"]}
    come_by_saml(client, way, liar, subject="1")
    for path in ("/accounts/sessions/", "/accounts/security/", "/accounts/me/", "/"):
        assert organization.name not in client.get(path).content.decode(), path


def test_claims_set_nothing_but_name_and_address(
    client: Client, hostile: Organization, way: Provider, liar: SamlProvider
) -> None:
    liar.attributes = {
        "displayName": ["Eve"],
        "is_superuser": ["true"],
        "is_active": ["true"],
        "role": ["administrator"],
        "organization": ["installation"],
        "username": ["root"],
        "password": ["x"],
    }
    come_by_saml(client, way, liar, subject="eve")
    with enter(hostile.id):
        member = Member.objects.get(name="Eve")
        assert member.department == "" and member.employee_id == ""
    user = User.objects.get(id=str(member.user_id))
    assert user.username != "root" and not user.is_superuser and not user.has_usable_password()
    assert client.get("/settings/providers/").status_code == 403


def test_a_provider_that_is_enforced_there_is_not_asked_for_here(
    organization: Organization, hostile: Organization, victim: Member
) -> None:
    also_at(hostile, victim)
    with enter(hostile.id):
        SignInPolicy.objects.create(methods=["provider"])
    assert with_session(victim).get("/accounts/me/").status_code == 200


def test_what_is_recorded_of_it_is_the_hostile_ones_own(
    client: Client, organization: Organization, hostile: Organization, way: Provider, liar: SamlProvider, victim: Member
) -> None:
    with enter(organization.id):
        before = Event.objects.count(), Change.objects.count()
    liar.attributes = {"mail": ["vera@example.com"]}
    come_by_saml(client, way, liar, subject="1")
    with enter(organization.id):
        assert (Event.objects.count(), Change.objects.count()) == before
