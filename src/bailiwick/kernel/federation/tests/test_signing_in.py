"""Coming in by a provider: who is known, who is linked, who joins, and who does not come in."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.federation.models import Account, GroupRole, Provider
from bailiwick.kernel.federation.tests.houses import (
    come_by_openid,
    come_by_saml,
    people,
    refusals,
    sessions,
    start,
    with_openid,
)
from bailiwick.kernel.federation.tests.peers.fixtures import OpenIdProvider
from bailiwick.kernel.federation.tests.peers.saml import SamlProvider
from bailiwick.kernel.identity.models import SignInPolicy, User
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter

pytestmark = pytest.mark.django_db


def test_whoever_a_provider_vouches_for_joins_and_is_in_this_organisation_alone(
    client: Client, organization: Organization, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    before = len(people(organization))
    answer = come_by_openid(client, openid, openid_provider, "ada", "/accounts/me/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/me/")
    [session] = sessions(organization)
    assert (session.method, session.is_confined, session.provider_id) == ("provider", True, openid.id)
    assert len(people(organization)) == before + 1
    joined = people(organization)[-1]
    assert joined.name == "Ada Lovelace"
    user = User.objects.get(id=str(joined.user_id))
    assert not user.has_usable_password() and user.email == ""
    assert client.get("/accounts/me/").status_code == 200


def test_the_same_subject_is_the_same_member_next_time(
    client: Client, organization: Organization, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    come_by_openid(client, openid, openid_provider, "ada")
    known = len(people(organization))
    come_by_openid(Client(), openid, openid_provider, "ada")
    first, second = sessions(organization)
    assert first.member_id == second.member_id and len(people(organization)) == known


def test_groups_become_roles_and_go_with_them(
    client: Client, organization: Organization, saml: Provider, saml_provider: SamlProvider
) -> None:
    with enter(organization.id):
        GroupRole.objects.create(provider_id=saml.id, group="reviewers", role="administrator")
    assert come_by_saml(client, saml, saml_provider).status_code == 302
    assert client.get("/settings/providers/").status_code == 200
    kept = saml_provider.attributes
    saml_provider.attributes = kept | {"groups": []}
    try:
        come_by_saml(Client(), saml, saml_provider)
    finally:
        saml_provider.attributes = kept
    assert client.get("/settings/providers/").status_code == 403
    with enter(organization.id):
        [account] = Account.objects.all()
        assert Grant.objects.filter(member_id=account.member_id, revoked_at=None).count() == 0


def test_who_is_not_a_member_stays_out_where_nobody_may_join(
    client: Client, organization: Organization, openid_provider: OpenIdProvider
) -> None:
    closed = with_openid(organization, openid_provider, is_joining=False)
    before = people(organization)
    answer = come_by_openid(client, closed, openid_provider, "ada")
    assert answer.status_code == 403 and "not among its people" in answer.content.decode()
    assert people(organization) == before and sessions(organization) == []
    assert refusals(organization) == ["not a member"]


def test_whose_membership_ended_stays_out(
    client: Client, organization: Organization, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    come_by_openid(client, openid, openid_provider, "ada")
    [session] = sessions(organization)
    with enter(organization.id), connection.cursor() as cursor:
        cursor.execute("UPDATE identity_member SET is_active = false WHERE id = %s", [session.member_id])
    assert come_by_openid(Client(), openid, openid_provider, "ada").status_code == 403
    assert len(sessions(organization)) == 1
    assert client.get("/accounts/me/").status_code == 302


def test_an_organisation_that_does_not_take_providers_says_so(
    client: Client, organization: Organization, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    with enter(organization.id):
        SignInPolicy.objects.create(methods=["passkey"])
    answer = come_by_openid(client, openid, openid_provider, "ada")
    assert answer.status_code >= 400
    assert sessions(organization) == []


def test_what_a_browser_began_only_it_ends(
    client: Client, organization: Organization, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    answer = come_by_openid_elsewhere(client, Client(), openid, openid_provider)
    assert answer.status_code == 401
    assert sessions(organization) == [] and refusals(organization) == ["this browser did not ask"]


def come_by_openid_elsewhere(client: Client, other: Client, provider: Provider, peer: OpenIdProvider) -> Any:
    back = peer.visit("ada", start(client, provider)).removeprefix("http://testserver")
    return other.get(back)


def test_a_way_back_is_good_once(
    client: Client, organization: Organization, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    back = openid_provider.visit("ada", start(client, openid)).removeprefix("http://testserver")
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 401
    assert len(sessions(organization)) == 1


def test_after_a_refusal_one_begins_again(
    client: Client, organization: Organization, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    back = openid_provider.visit("ada", start(client, openid)).removeprefix("http://testserver")
    assert client.get(back.replace("state=", "state=x")).status_code == 401
    assert client.get(back).status_code == 401
    assert sessions(organization) == [] and refusals(organization) == ["state", "this browser did not ask"]


def test_a_session_from_before_signing_in_is_worth_nothing_after(
    client: Client, openid: Provider, openid_provider: OpenIdProvider
) -> None:
    start(client, openid)
    fixed = client.cookies["sessionid"].value
    come_by_openid(client, openid, openid_provider, "ada")
    assert client.cookies["sessionid"].value != fixed
    attacker = Client()
    attacker.cookies["sessionid"] = fixed
    assert attacker.get("/accounts/me/").status_code == 302


@pytest.mark.parametrize(
    "wanted", ["https://evil.example.com/", "//evil.example.com", "javascript:alert(1)", "/\\evil"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(
    client: Client, openid: Provider, openid_provider: OpenIdProvider, wanted: str
) -> None:
    assert come_by_openid(client, openid, openid_provider, "ada", wanted)["Location"] == "/start/"


@pytest.mark.parametrize("name", ["saml-metadata", "saml-finish", "oidc-callback"])
def test_a_provider_that_is_not_there_answers_nothing(
    client: Client, db: None, saml: Provider, openid: Provider, name: str
) -> None:
    assert client.get(reverse(f"federation:{name}", args=[uuid4()])).status_code == 404
    other = openid if name.startswith("saml") else saml
    assert client.get(reverse(f"federation:{name}", args=[other.id])).status_code == 404
    assert client.post(reverse("federation:saml-answer", args=[openid.id])).status_code == 404


def test_a_provider_that_does_not_answer_is_said_to(
    client: Client, organization: Organization, openid: Provider
) -> None:
    with enter(organization.id), connection.cursor() as cursor:
        settings = '{"issuer": "http://localhost:9", "client_id": "x"}'
        cursor.execute("UPDATE federation_provider SET settings = %s WHERE id = %s", [settings, openid.id])
    answer = client.get(reverse("federation:provided", args=[organization.slug, openid.id]))
    assert answer.status_code == 502
    assert refusals(organization) == ["base.outbound_not_reachable"]
