"""An organisation's own door: the way to it, what it shows, and login and password of a directory."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.federation.actions.providers import switch_provider
from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.models import Provider
from bailiwick.kernel.federation.tests.directories import RunningDirectory
from bailiwick.kernel.federation.tests.houses import add, keeper_of, prove
from bailiwick.kernel.identity.models import Session
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db
ROUTE = "/accounts/organization/"


@pytest.fixture
def okta(organization: Organization) -> Provider:
    settings = {"issuer": "https://example.okta.com", "client_id": "1"}
    return add(organization, ProviderKind.OIDC, name="Okta", settings=settings, secret="secret-of-okta")


@pytest.fixture
def way(organization: Organization, directory: RunningDirectory) -> Provider:
    given = directory.provider()
    return add(organization, ProviderKind.LDAP, name="Directory", settings=given.settings, secret=given.secret)


def text(answer: Any) -> str:
    """What is shown, without what is new in every answer."""
    new = r'name="csrfmiddlewaretoken" value="\w+"|(?<=name="mail") value="[^"]*"'
    return re.sub(new, "", answer.content.decode())


def test_the_common_door_leads_to_the_other(client: Client, db: None) -> None:
    assert ROUTE in client.get("/accounts/login").content.decode()
    assert client.get(ROUTE).status_code == 200


@pytest.mark.parametrize("mail", ["ada@example.com", " Ada@EXAMPLE.com ", "nobody-there@example.com"])
def test_an_address_of_a_proved_domain_leads_to_its_organisation(
    client: Client, organization: Organization, okta: Provider, mail: str
) -> None:
    prove(organization, "example.com")
    answer = client.post(ROUTE, {"mail": mail, "next": "/review"})
    assert answer["Location"] == f"/accounts/login/{organization.slug}/?next=%2Freview"


@pytest.mark.parametrize(
    "mail", ["a@unproved.example", "a@sub.example.com", "a@xn--example-6cd.com", "a@ехаmple.com", "example.com", "a@"]
)  # fmt: skip
def test_any_other_address_is_answered_alike(
    client: Client, organization: Organization, okta: Provider, mail: str
) -> None:
    prove(organization, "example.com")
    with enter(organization.id), connection.cursor() as cursor:
        cursor.execute("INSERT INTO federation_domain (name, token) VALUES ('unproved.example', 'x')")
    answer = client.post(ROUTE, {"mail": mail})
    assert answer.status_code == 200
    assert text(answer) == text(client.post(ROUTE, {"mail": "a@nowhere.example"}))


def test_an_organisation_without_a_way_in_is_not_led_to(client: Client, organization: Organization) -> None:
    prove(organization, "example.com")
    assert client.post(ROUTE, {"mail": "ada@example.com"}).status_code == 200


def test_a_destination_elsewhere_is_dropped_on_the_way(
    client: Client, organization: Organization, okta: Provider
) -> None:
    prove(organization, "example.com")
    answer = client.post(ROUTE, {"mail": "ada@example.com", "next": "https://evil.example.com/"})
    assert "evil" not in answer["Location"]


def test_the_door_shows_the_ways_in_and_no_secret(client: Client, organization: Organization, okta: Provider) -> None:
    answer = client.get(f"/accounts/login/{organization.slug}/")
    shown = answer.content.decode()
    assert "Sign in with Okta" in shown and organization.name in shown
    assert "secret-of-okta" not in shown and "example.okta.com" not in shown


@pytest.mark.parametrize("slug", ["nobody-is-called-that", "installation"])
def test_without_a_way_in_there_is_the_common_door(client: Client, db: None, slug: str) -> None:
    answer = client.get(f"/accounts/login/{slug}/", {"next": "/review"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login?next=%2Freview")


def test_a_closed_way_in_is_not_shown_and_leads_nowhere(
    client: Client, organization: Organization, okta: Provider
) -> None:
    with enter(organization.id):
        switch_provider(actor=actor_for(keeper_of(organization)), provider_id=okta.id, is_active=False)
    assert client.get(f"/accounts/login/{organization.slug}/").status_code == 302
    assert client.get(reverse("federation:provided", args=[organization.slug, okta.id])).status_code == 404


def test_a_way_in_of_another_organisation_is_not_found_at_this_door(
    client: Client, other_organization: Organization, okta: Provider
) -> None:
    for provider_id in (okta.id, uuid4()):
        assert (
            client.get(reverse("federation:provided", args=[other_organization.slug, provider_id])).status_code == 404
        )


def test_whoever_is_in_already_goes_on(organization: Organization, okta: Provider) -> None:
    client = with_session(new_member(organization))
    assert client.get(f"/accounts/login/{organization.slug}/", {"next": "/review"})["Location"] == "/review"


def knock(client: Client, organization: Organization, way: Provider, login: str, password: str) -> Any:
    place = reverse("federation:provided", args=[organization.slug, way.id])
    return client.post(place, {"login": login, "password": password, "next": "/accounts/me/"})


def test_login_and_password_of_the_directory_let_in(
    client: Client, organization: Organization, way: Provider, directory: RunningDirectory
) -> None:
    directory.person("ada")
    assert "Login at your organisation" in client.get(f"/accounts/login/{organization.slug}/").content.decode()
    answer = knock(client, organization, way, "ada", "password of ada")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/me/")
    with enter(organization.id):
        session = Session.objects.get()
    assert session.is_confined and session.provider_id == way.id and session.method == "provider"


def test_a_wrong_password_and_an_unknown_login_are_answered_alike_and_recorded(
    client: Client, organization: Organization, way: Provider, directory: RunningDirectory
) -> None:
    directory.person("ada")
    wrong = knock(client, organization, way, "ada", "wrong")
    unknown = knock(client, organization, way, "bob", "wrong")
    assert wrong.status_code == unknown.status_code == 422
    assert text(wrong).replace("ada", "") == text(unknown).replace("bob", "")
    with enter(get_installation_id()):
        failed = Event.objects.filter(verb="identity.sign_in.failed")
        assert [event.data["why"] for event in failed] == ["directory", "directory"]


def test_guessing_at_a_login_of_the_directory_is_slowed_down(
    client: Client, organization: Organization, way: Provider, directory: RunningDirectory
) -> None:
    directory.person("ada")
    for _attempt in range(30):
        knock(client, organization, way, "ada", "wrong")
    assert knock(client, organization, way, "ada", "password of ada").status_code == 422


def test_a_directory_that_is_away_lets_nobody_in_and_says_so(client: Client, organization: Organization) -> None:
    settings = {"url": "ldap://127.0.0.1:9", "base": "dc=example"}
    away = add(organization, ProviderKind.LDAP, name="Away", settings=settings)
    answer = knock(client, organization, away, "ada", "password of ada")
    assert answer.status_code == 422 and "directory" in answer.content.decode()


def test_a_directory_is_asked_by_its_form_alone(client: Client, organization: Organization, okta: Provider) -> None:
    assert knock(client, organization, okta, "ada", "x").status_code == 404
