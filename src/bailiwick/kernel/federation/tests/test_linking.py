"""By which mail address a provider's account is linked to somebody who is here already, and by which it is not."""

import pytest
from django.db import connection
from django.test import Client

from bailiwick.kernel.federation.models import Account, DirectoryUser, Provider
from bailiwick.kernel.federation.tests.houses import (
    come_by_openid,
    come_by_saml,
    people,
    prove,
    sessions,
)
from bailiwick.kernel.federation.tests.peers.fixtures import OpenIdProvider
from bailiwick.kernel.federation.tests.peers.saml import SamlProvider
from bailiwick.kernel.federation.tests.scim import Directory
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import PASSWORD, new_member

pytestmark = pytest.mark.django_db


def set_mail(member: Member, mail: str, *, is_confirmed: bool = True) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE identity_user SET email = %s, email_confirmed_at = CASE WHEN %s THEN now() END WHERE id = %s",
            [mail, is_confirmed, member.user_id],
        )


def test_an_address_of_a_proved_domain_links_to_who_is_here_already(
    client: Client, organization: Organization, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    prove(organization, "example.com")
    ada = new_member(organization)
    set_mail(ada, "Ada@Example.com")
    come_by_openid(client, openid, openid_provider, "ada")
    assert sessions(organization)[0].member_id == ada.id


def test_a_colleagues_address_that_somebody_wrote_for_themselves_brings_them_nothing(
    client: Client, organization: Organization, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    """Before the colleague ever came: neither the account nor its roles become those of whoever took the address."""
    prove(organization, "example.com")
    eve = new_member(organization)
    set_mail(eve, "eve@example.com")
    taking = {"first_name": "Eve", "email": "ada@example.com", "current_password": PASSWORD}
    assert with_session(eve).post("/accounts/me/", taking).status_code == 302
    assert User.objects.get(id=str(eve.user_id)).email == "ada@example.com"
    before = len(people(organization))
    come_by_openid(client, openid, openid_provider, "ada")
    assert len(people(organization)) == before + 1
    with enter(organization.id):
        [account] = Account.objects.all()
        assert account.member_id != eve.id


def test_where_one_of_two_has_confirmed_the_address_they_are_who_is_meant(
    client: Client, organization: Organization, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    prove(organization, "example.com")
    eve, ada = new_member(organization), new_member(organization)
    set_mail(eve, "ada@example.com", is_confirmed=False)
    set_mail(ada, "ada@example.com")
    come_by_openid(client, openid, openid_provider, "ada")
    assert sessions(organization)[0].member_id == ada.id


def test_an_address_that_looks_alike_is_another_one(
    client: Client, organization: Organization, saml: Provider, saml_provider: SamlProvider
) -> None:
    """The Turkish ı is an I in capitals, where a comparison takes no notice of case."""
    prove(organization, "mine.example")
    eve = new_member(organization)
    set_mail(eve, "ada@m\u0131ne.example")
    kept, saml_provider.attributes = saml_provider.attributes, {"mail": ["ada@mine.example"]}
    try:
        come_by_saml(client, saml, saml_provider, subject="ada")
    finally:
        saml_provider.attributes = kept
    assert [each.member_id == eve.id for each in sessions(organization)] == [False]


def test_an_address_is_confirmed_by_a_provider_whose_organisation_proved_the_domain(
    client: Client, organization: Organization, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    come_by_openid(client, openid, openid_provider, "eve")
    prove(organization, "example.com")
    come_by_openid(Client(), openid, openid_provider, "ada")
    joined = [User.objects.get(id=str(each.user_id)) for each in people(organization)[-2:]]
    assert [(each.email, each.email_confirmed_at is not None) for each in joined] == [
        ("", False),
        ("ada@example.com", True),
    ]


def test_without_the_proof_nobody_is_linked(
    client: Client, organization: Organization, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    ada = new_member(organization)
    set_mail(ada, "ada@example.com")
    come_by_openid(client, openid, openid_provider, "ada")
    assert sessions(organization)[0].member_id != ada.id


def test_two_people_of_one_address_are_not_told_apart_and_so_not_linked(
    client: Client, organization: Organization, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    prove(organization, "example.com")
    several = [new_member(organization), new_member(organization)]
    for each in several:
        set_mail(each, "ada@example.com")
    come_by_openid(client, openid, openid_provider, "ada")
    assert sessions(organization)[0].member_id not in {each.id for each in several}


def test_an_address_that_went_on_to_a_colleague_does_not_make_them_the_former(
    client: Client, organization: Organization, saml: Provider, saml_provider: SamlProvider
) -> None:
    prove(organization, "example.com")
    ada = new_member(organization)
    set_mail(ada, "ada@example.com")
    come_by_saml(client, saml, saml_provider, subject="old")
    come_by_saml(Client(), saml, saml_provider, subject="new")
    first, second = sessions(organization)
    assert first.member_id == ada.id != second.member_id


@pytest.mark.parametrize("mail", ["ada@example.com", "ada@elsewhere.example", ""])
def test_an_address_that_a_directory_tells_is_confirmed_under_a_proved_domain(
    organization: Organization, mail: str
) -> None:
    prove(organization, "example.com")
    kept = Directory(organization).add_user("ada", emails=[{"value": mail}] if mail else [])
    with enter(organization.id):
        user = DirectoryUser.objects.select_related("member__user").get(id=kept["id"]).member.user
    assert user is not None
    assert (user.email_confirmed_at is not None) == (mail == "ada@example.com")
