"""Coming in by SAML: an answer is posted from elsewhere, and good for the browser that asked, once."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.federation.models import Account, GroupRole, Provider
from bailiwick.kernel.federation.tests.houses import come_by_saml, people, refusals, sessions, start
from bailiwick.kernel.federation.tests.peers.saml import SamlProvider, saml_time
from bailiwick.kernel.identity.models import SignInPolicy
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import new_member

pytestmark = pytest.mark.django_db


def test_saml_lets_in_whom_it_asserts(
    client: Client, organization: Organization, saml: Provider, saml_provider: SamlProvider
) -> None:
    answer = come_by_saml(client, saml, saml_provider, "/accounts/me/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/me/")
    [session] = sessions(organization)
    assert session.is_confined and session.provider_id == saml.id
    with enter(organization.id):
        assert Account.objects.get().subject == "ada"


SPOILED = [{"key": ""}, {"subject": "a\x7fb"}, {"audience": ""}, {"before": "<!DOCTYPE r [<!ENTITY e 'x'>]>"}]


@pytest.mark.parametrize("spoiled", SPOILED, ids=str)
def test_a_spoiled_assertion_lets_nobody_in_and_is_recorded(
    client: Client, organization: Organization, saml: Provider, saml_provider: SamlProvider, spoiled: dict[str, Any]
) -> None:
    before = people(organization)
    assert come_by_saml(client, saml, saml_provider, **spoiled).status_code == 401
    assert people(organization) == before and sessions(organization) == []
    assert len(refusals(organization)) == 1
    with enter(Organization.objects.get(slug="installation").id):
        assert Event.objects.filter(verb="identity.sign_in.failed").count() == 1


def test_an_assertion_is_good_once_even_for_the_browser_that_asked(
    client: Client, organization: Organization, saml: Provider, saml_provider: SamlProvider
) -> None:
    request_id, answer_url, relay = saml_provider.asked(start(client, saml))
    audience = f"http://testserver/accounts/saml/{saml.id}/metadata"
    posted = {"SAMLResponse": saml_provider.answer(request_id, answer_url, audience), "RelayState": relay}
    place = answer_url.removeprefix("http://testserver")
    kept = dict(client.session["federation"])
    first, second = (Client().post(place, posted)["Location"] for _time in range(2))
    assert client.get(first).status_code == 302
    replaying = Client()
    session = replaying.session
    session["federation"] = kept
    session.save()
    assert replaying.get(second).status_code == 401
    assert refusals(organization) == ["replayed"] and len(sessions(organization)) == 1


def test_an_answer_is_for_the_browser_that_asked(
    client: Client, organization: Organization, saml: Provider, saml_provider: SamlProvider
) -> None:
    """Else somebody could have another work in their account."""
    request_id, answer_url, relay = saml_provider.asked(start(client, saml))
    audience = f"http://testserver/accounts/saml/{saml.id}/metadata"
    answer = saml_provider.answer(request_id, answer_url, audience)
    place = answer_url.removeprefix("http://testserver")
    handed = Client().post(place, {"SAMLResponse": answer, "RelayState": relay})["Location"]
    other = Client()
    start(other, saml)
    assert other.get(handed).status_code == 401
    assert client.get(handed).status_code == 401, "what was handed over is used up"
    assert sessions(organization) == []


def test_another_relay_state_is_refused(client: Client, saml: Provider, saml_provider: SamlProvider) -> None:
    request_id, answer_url, _relay = saml_provider.asked(start(client, saml))
    audience = f"http://testserver/accounts/saml/{saml.id}/metadata"
    answer = saml_provider.answer(request_id, answer_url, audience)
    place = answer_url.removeprefix("http://testserver")
    handed = Client().post(place, {"SAMLResponse": answer, "RelayState": "https://evil.example.com"})["Location"]
    assert client.get(handed).status_code == 401


def test_the_answer_to_another_request_is_refused(client: Client, saml: Provider, saml_provider: SamlProvider) -> None:
    _request_id, answer_url, relay = saml_provider.asked(start(client, saml))
    audience = f"http://testserver/accounts/saml/{saml.id}/metadata"
    answer = saml_provider.answer("_another", answer_url, audience)
    place = answer_url.removeprefix("http://testserver")
    handed = Client().post(place, {"SAMLResponse": answer, "RelayState": relay})["Location"]
    assert client.get(handed).status_code == 401


def test_nothing_begins_at_the_provider(saml: Provider, saml_provider: SamlProvider) -> None:
    """What nobody asked for is not taken (saml-profiles, 4.1.5)."""
    place = f"http://testserver/accounts/saml/{saml.id}"
    answer = saml_provider.answer("", f"{place}/answer", f"{place}/metadata", answering="")
    posted = Client().post(f"/accounts/saml/{saml.id}/answer", {"SAMLResponse": answer})
    assert posted.status_code == 401


def test_our_metadata_stand_at_their_address(client: Client, saml: Provider) -> None:
    answer = client.get(reverse("federation:saml-metadata", args=[saml.id]))
    assert answer["Content-Type"] == "application/samlmetadata+xml"
    assert f'entityID="http://testserver/accounts/saml/{saml.id}/metadata"' in answer.content.decode()


def test_a_proof_of_before_is_dated_so_and_a_new_one_can_be_asked_for(
    client: Client, organization: Organization, saml: Provider, saml_provider: SamlProvider
) -> None:
    """Else whoever sits down at somebody's desk would pass for them with every policy."""
    with enter(organization.id):
        SignInPolicy.objects.create(step_up=600)
        GroupRole.objects.create(provider_id=saml.id, group="reviewers", role="administrator")
    before = saml_time(now() - timedelta(hours=2))
    come_by_saml(client, saml, saml_provider, proved=before)
    asked = client.post("/settings/domains/new/", {"name": "example.com"})
    assert asked.status_code in (302, 401, 403) and "/accounts/again/" in asked.get("Location", asked.content.decode())
    again = client.get("/accounts/again/?next=/settings/domains/new/").content.decode()
    assert "/accounts/again/provider/?next=%2Fsettings%2Fdomains%2Fnew%2F" in again
    way = client.get("/accounts/again/provider/", {"next": "/settings/domains/new/"})["Location"]
    request_id, answer_url, relay = saml_provider.asked(client.get(way)["Location"])
    audience = f"http://testserver/accounts/saml/{saml.id}/metadata"
    posted = {"SAMLResponse": saml_provider.answer(request_id, answer_url, audience), "RelayState": relay}
    back = client.get(Client().post(answer_url.removeprefix("http://testserver"), posted)["Location"])
    assert back["Location"] == "/settings/domains/new/"
    assert client.post("/settings/domains/new/", {"name": "example.com"}).status_code == 302
    former, present = sessions(organization)
    assert former.ended_at and not present.ended_at


def test_only_whoever_came_by_a_provider_is_sent_back_to_it(organization: Organization) -> None:
    assert with_session(new_member(organization)).get("/accounts/again/provider/").status_code == 404
