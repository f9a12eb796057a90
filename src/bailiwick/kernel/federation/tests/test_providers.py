"""Keeping the organisation's own ways in."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.federation.actions.providers import add_provider, change_provider, switch_provider
from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.models import Provider
from bailiwick.kernel.federation.tests.houses import add, come_by_openid, keeper_of, with_openid
from bailiwick.kernel.federation.tests.peers.fixtures import OpenIdProvider
from bailiwick.kernel.federation.tests.peers.saml import SamlProvider
from bailiwick.kernel.identity.models import Session
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db
OIDC = {"issuer": "https://example.okta.com", "client_id": "1"}
LIST = "/settings/providers/"


@pytest.fixture
def okta(organization: Organization) -> Provider:
    return add(organization, ProviderKind.OIDC, name="Okta", settings=OIDC, secret="hidden-secret")


@pytest.fixture
def keeping(organization: Organization) -> Client:
    return with_session(keeper_of(organization))


def read(organization: Organization, name: str) -> Provider:
    with enter(organization.id):
        return Provider.objects.get(name=name)


def test_a_provider_is_added_by_its_kind(keeping: Client, organization: Organization) -> None:
    assert "No provider yet" in keeping.get(LIST).content.decode()
    assert "Okta, Microsoft Entra" in keeping.get(f"{LIST}new/").content.decode()
    assert keeping.get(f"{LIST}new/", {"kind": "oidc"}).status_code == 200
    form = {"kind": "oidc", "name": "Okta", **OIDC, "secret": "hidden-secret", "group_claim": "groups"}
    answer = keeping.post(f"{LIST}new/", form)
    provider = read(organization, "Okta")
    assert answer["Location"] == reverse("federation:provider", args=[provider.id])
    assert (provider.secret, provider.settings, provider.is_joining) == ("hidden-secret", OIDC, False)
    page = keeping.get(answer["Location"]).content.decode()
    assert f"http://testserver/accounts/oidc/{provider.id}/callback" in page
    assert "hidden-secret" not in page and "Okta" in keeping.get(LIST).content.decode()


def test_a_secret_stands_nowhere_in_the_open(organization: Organization, okta: Provider) -> None:
    with enter(organization.id):
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_to_json(p)::text FROM federation_provider p WHERE id = %s", [okta.id])
            assert "hidden-secret" not in cursor.fetchone()[0]
        recorded = [*Change.objects.filter(row_id=okta.id), *Event.objects.filter(subject_id=okta.id)]
        assert recorded
        assert not any("hidden-secret" in str(vars(each)) for each in recorded)


def test_saml_metadata_are_read_and_a_key_of_ours_is_made(
    keeping: Client, organization: Organization, saml_provider: SamlProvider
) -> None:
    form = {"kind": "saml", "name": "ADFS", "metadata": saml_provider.metadata(), "is_joining": "on"}
    assert keeping.post(f"{LIST}new/", form).status_code == 302
    provider = read(organization, "ADFS")
    assert provider.settings["entity_id"] == saml_provider.entity_id
    assert provider.settings["certificates"][0].split() == saml_provider.certificate.split()
    assert provider.secret.startswith("-----BEGIN PRIVATE KEY-----") and provider.is_joining
    page = keeping.get(reverse("federation:provider", args=[provider.id])).content.decode()
    assert f"/accounts/saml/{provider.id}/metadata" in page and "PRIVATE KEY" not in page


def test_new_certificates_are_taken_and_other_people_are_not(
    keeping: Client, organization: Organization, saml_provider: SamlProvider
) -> None:
    provider = add(organization, ProviderKind.SAML, name="ADFS", settings={"metadata": saml_provider.metadata()})
    place = reverse("federation:provider", args=[provider.id])
    rotated, other = SamlProvider(), SamlProvider(entity_id="https://other.example.com")
    assert keeping.post(place, {"name": "ADFS", "metadata": rotated.metadata()}).status_code == 302
    assert read(organization, "ADFS").settings["certificates"] != provider.settings["certificates"]
    assert read(organization, "ADFS").secret == provider.secret
    assert keeping.post(place, {"name": "ADFS", "metadata": other.metadata()}).status_code == 422
    assert keeping.post(place, {"name": "ADFS 2", "metadata": ""}).status_code == 302
    assert read(organization, "ADFS 2").settings["entity_id"] == saml_provider.entity_id


@pytest.mark.parametrize(
    "metadata",
    [
        "nonsense",
        "<a/>",
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        "http://169.254.169.254/latest/meta-data/",
        "https://localhost:9/metadata",
    ],
)
def test_metadata_that_are_none_are_refused(keeping: Client, metadata: str) -> None:
    answer = keeping.post(f"{LIST}new/", {"kind": "saml", "name": "ADFS", "metadata": metadata})
    assert answer.status_code in (422, 502)
    assert "No provider yet" in keeping.get(LIST).content.decode()


WRONG = [("issuer", "http://example.com"), ("issuer", "javascript:alert(1)"), ("issuer", ""), ("client_id", "")]


@pytest.mark.parametrize(("field", "value"), [*WRONG, ("name", "")])
def test_a_setting_that_cannot_be_right_is_said_beside_its_field(keeping: Client, field: str, value: str) -> None:
    form = {"kind": "oidc", "name": "Okta", **OIDC} | {field: value}
    answer = keeping.post(f"{LIST}new/", form)
    assert answer.status_code == 422 and f'id="id_{field}-error"' in answer.content.decode()


def test_a_directory_is_set_up_with_its_filters(keeping: Client, organization: Organization) -> None:
    form = {
        "kind": "ldap",
        "name": "Directory",
        "url": "ldaps://directory.example.com",
        "base": "ou=people,dc=example",
        "user_filter": "(uid={login})",
        "identifier": "entryUUID",
        "name_attribute": "cn",
        "email": "mail",
        "group_name": "cn",
        "nesting": "walk",
    }
    assert keeping.post(f"{LIST}new/", form | {"user_filter": "(uid=ada)"}).status_code == 422
    assert keeping.post(f"{LIST}new/", form).status_code == 302
    settings = read(organization, "Directory").settings
    assert (settings["name"], settings["url"], settings["is_starttls"]) == ("cn", form["url"], False)
    assert keeping.get(reverse("federation:provider", args=[read(organization, "Directory").id])).status_code == 200


def test_changing_without_a_secret_keeps_it(keeping: Client, organization: Organization, okta: Provider) -> None:
    place = reverse("federation:provider", args=[okta.id])
    assert keeping.post(place, {"name": "Sign-in", **OIDC, "client_id": "2", "is_active": ""}).status_code == 302
    changed = read(organization, "Sign-in")
    assert (changed.secret, changed.settings["client_id"], changed.is_active) == ("hidden-secret", "2", True)


def test_another_issuer_is_another_provider(organization: Organization, okta: Provider) -> None:
    with enter(organization.id), pytest.raises(InvalidInput):
        change_provider(
            actor=actor_for(keeper_of(organization)),
            provider_id=okta.id,
            name="Okta",
            settings=OIDC | {"issuer": "https://other.okta.com"},
        )


def test_two_ways_in_of_one_name_could_not_be_told_apart(organization: Organization, okta: Provider) -> None:
    keeper = actor_for(keeper_of(organization))
    with enter(organization.id):
        with pytest.raises(InvalidInput), transaction.atomic():
            add_provider(actor=keeper, kind="oidc", name="Okta", settings=OIDC)
        switch_provider(actor=keeper, provider_id=okta.id, is_active=False)
        add_provider(actor=keeper, kind="oidc", name="Okta", settings=OIDC)
        with pytest.raises(InvalidInput):
            switch_provider(actor=keeper, provider_id=okta.id, is_active=True)


def test_closing_a_way_in_ends_its_sessions_at_once(
    client: Client, keeping: Client, organization: Organization, openid_provider: OpenIdProvider
) -> None:
    provider = with_openid(organization, openid_provider)
    come_by_openid(client, provider, openid_provider, "ada")
    assert client.get("/accounts/me/").status_code == 200
    switch = reverse("federation:provider-switch", args=[provider.id])
    assert keeping.post(switch, {"is_active": "false"}).status_code == 302
    assert client.get("/accounts/me/").status_code == 302
    with enter(organization.id):
        assert Session.objects.get(provider_id=provider.id).end == "provider"
        assert Event.objects.get(verb="federation.provider.closed").data["sessions"] == 1
    assert keeping.get(LIST).status_code == 200
    assert keeping.post(switch, {"is_active": "true"}).status_code == 302
    assert client.get("/accounts/me/").status_code == 302, "what ended stays so"


def test_closing_ends_nothing_of_another_organisation(
    organization: Organization, other_organization: Organization, okta: Provider
) -> None:
    with enter(other_organization.id), connection.cursor() as cursor:
        member = new_member(other_organization)
        cursor.execute(
            'INSERT INTO identity_session (user_id, member_id, kind, method, is_confined, provider_id, agent, "end")'
            " VALUES (%s, %s, 'browser', 'provider', true, %s, '', '')",
            [member.user_id, member.id, okta.id],
        )
    with enter(organization.id):
        switch_provider(actor=actor_for(keeper_of(organization)), provider_id=okta.id, is_active=False)
    with enter(other_organization.id):
        assert Session.objects.get().ended_at is None


def test_the_connection_is_tried_and_what_was_found_is_told(
    keeping: Client,
    organization: Organization,
    openid_provider: OpenIdProvider,
    okta: Provider,
    saml_provider: SamlProvider,
) -> None:
    good = with_openid(organization, openid_provider, name="Good")
    tried = keeping.post(reverse("federation:provider-try", args=[good.id])).content.decode()
    assert "It publishes a key" in tried and "/identity/o/authorize" in tried
    saml = add(organization, ProviderKind.SAML, name="ADFS", settings={"metadata": saml_provider.metadata()})
    assert (
        saml_provider.sign_in_url in keeping.post(reverse("federation:provider-try", args=[saml.id])).content.decode()
    )
    away = add(organization, ProviderKind.OIDC, name="Away", settings=OIDC | {"issuer": "http://localhost:9"})
    assert "does not answer" in keeping.post(reverse("federation:provider-try", args=[away.id])).content.decode()
    lost = add(organization, ProviderKind.LDAP, name="Lost", settings={"url": "ldap://127.0.0.1:9", "base": "x"})
    assert "directory" in keeping.post(reverse("federation:provider-try", args=[lost.id])).content.decode()


def test_what_was_refused_is_shown_to_the_keepers(
    client: Client, keeping: Client, organization: Organization, okta: Provider
) -> None:
    assert client.get(reverse("federation:oidc-callback", args=[okta.id])).status_code == 401
    assert "this browser did not ask" in keeping.get(reverse("federation:provider", args=[okta.id])).content.decode()


def test_only_whoever_keeps_the_sign_in_sees_and_changes_it(organization: Organization, okta: Provider) -> None:
    member = new_member(organization, "reviewer")
    client, place = with_session(member), reverse("federation:provider", args=[okta.id])
    for path in (LIST, f"{LIST}new/", place):
        assert client.get(path).status_code == 403
    for path in (f"{LIST}new/", place, f"{place}try/", f"{place}switch/"):
        assert client.post(path, {"is_active": "false"}).status_code == 403
    with enter(organization.id), pytest.raises(Forbidden):
        add_provider(actor=actor_for(member), kind="oidc", name="Mine", settings=OIDC)


def test_a_provider_that_is_not_there_is_not_found(keeping: Client) -> None:
    assert keeping.get(reverse("federation:provider", args=[uuid4()])).status_code == 404
    switch = reverse("federation:provider-switch", args=[uuid4()])
    assert keeping.post(switch, {"is_active": "false"}).status_code == 404
    assert keeping.post(f"{LIST}new/", {"kind": "another"}).status_code == 404


def test_a_form_sets_nothing_that_it_does_not_ask(keeping: Client, organization: Organization) -> None:
    form: dict[str, Any] = {"kind": "oidc", "name": "Okta", **OIDC, "settings": "{}", "is_active": "false"}
    form |= {"organization_id": str(uuid4()), "id": str(uuid4()), "sync_error": "x"}
    assert keeping.post(f"{LIST}new/", form).status_code == 302
    provider = read(organization, "Okta")
    assert (provider.settings, provider.is_active, provider.sync_error) == (OIDC, True, "")
