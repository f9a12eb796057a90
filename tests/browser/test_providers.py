"""Signing in elsewhere as a person does it, with the cookies of a real browser; the pages of whoever keeps it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.urls import reverse

from bailiwick.kernel.federation.tests.directories import directory, directory_server
from bailiwick.kernel.federation.tests.houses import add, keeper_of, prove
from bailiwick.kernel.federation.tests.peers.fixtures import SECRET, OpenIdProvider, openid_provider
from bailiwick.kernel.federation.tests.peers.saml import SamlProvider
from bailiwick.kernel.testing.browsers import PATIENCE, faults_at

__all__ = ["directory", "directory_server", "openid_provider"]

pytestmark = pytest.mark.django_db(transaction=True)
POSTING = """<form method="post" action="{url}"><input name="SAMLResponse" value="{answer}">
<input name="RelayState" value="{relay}"><button>Go on</button></form>"""


@pytest.fixture(autouse=True)
def uncounted() -> None:
    cache.clear()


@pytest.fixture
def abroad(browser: Any, live_server: Any) -> Iterator[Any]:
    """A page that may leave the house, as one does to sign in elsewhere."""
    context = browser.new_context(base_url=live_server.url, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def test_from_a_mail_address_to_a_real_provider_and_back(
    abroad: Any, live_server: Any, organization: Any, openid_provider: OpenIdProvider
) -> None:
    """The provider stands at 127.0.0.1 and we at localhost: another site, to a browser."""
    elsewhere = openid_provider.issuer.replace("localhost", "127.0.0.1")
    settings = {"issuer": elsewhere, "client_id": "of-a-browser"}
    way = add(organization, "oidc", name="Acme ID", settings=settings, secret=SECRET)
    back = live_server.url + reverse("federation:oidc-callback", args=[way.id])
    openid_provider.register("of-a-browser", back)
    prove(organization, "example.com")
    abroad.goto(f"{elsewhere}/enter/ada/")
    abroad.goto("/accounts/me/")
    abroad.get_by_role("link", name="Sign in with my organisation").click()
    abroad.get_by_label("Mail address").fill("ada@example.com")
    abroad.keyboard.press("Enter")
    abroad.get_by_role("link", name="Sign in with Acme ID").click()
    abroad.wait_for_url("**/accounts/me/")
    assert "Ada" in abroad.content()


def test_an_assertion_posted_from_another_site_lets_in_the_browser_that_asked(
    abroad: Any, live_server: Any, organization: Any
) -> None:
    peer = SamlProvider(sign_in_url="http://127.0.0.1:9/sso")
    way = add(organization, "saml", name="Acme SAML", settings={"metadata": peer.metadata()})

    def answer(route: Any) -> None:
        request_id, url, relay = peer.asked(route.request.url)
        audience = live_server.url + reverse("federation:saml-metadata", args=[way.id])
        form = POSTING.format(url=url, answer=peer.answer(request_id, url, audience), relay=relay)
        route.fulfill(body=form, content_type="text/html")

    abroad.route("http://127.0.0.1:9/**", answer)
    abroad.goto(f"/accounts/login/{organization.slug}/?next=/accounts/me/")
    abroad.get_by_role("link", name="Sign in with Acme SAML").click()
    abroad.get_by_role("button", name="Go on").click()
    abroad.wait_for_url("**/accounts/me/")
    assert urlsplit(abroad.url).path == "/accounts/me/"


@pytest.mark.usefixtures("look")
def test_the_pages_are_accessible(page: Any, sign_in: Any, organization: Any) -> None:
    settings = {"issuer": "https://example.okta.com", "client_id": "0oa1b2c3d4e5f6g7h8i9"}
    okta = add(organization, "oidc", name="Okta", settings=settings)
    add(organization, "ldap", name="Directory", settings={"url": "ldaps://directory.example.com", "base": "dc=example"})
    domain = prove(organization, "example.com")
    doors = ["/accounts/organization/", f"/accounts/login/{organization.slug}/", f"/accounts/oidc/{okta.id}/callback"]
    assert faults_at(page, doors) == {}
    kept = [f"/settings/providers/{'new/?kind=' + kind if kind else 'new/'}" for kind in ("", "oidc", "saml", "ldap")]
    kept += ["/settings/providers/", f"/settings/providers/{okta.id}/", "/settings/domains/", "/settings/domains/new/"]
    assert faults_at(sign_in(keeper_of(organization)), [*kept, f"/settings/domains/{domain.id}/"]) == {}
