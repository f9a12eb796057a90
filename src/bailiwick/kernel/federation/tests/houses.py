"""Organisations with ways in of their own, for tests."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.federation.actions.domains import add_domain
from bailiwick.kernel.federation.actions.providers import add_provider
from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.models import Account, Domain, Provider, SpentAssertion
from bailiwick.kernel.federation.tests.peers.fixtures import SECRET, OpenIdProvider
from bailiwick.kernel.federation.tests.peers.saml import SamlProvider
from bailiwick.kernel.identity.models import Member, Session
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member

HOST = "http://testserver"


@dataclass(frozen=True, slots=True)
class House:
    """An organisation's own way in, and a domain that it said is its own."""

    provider: Provider
    domain: Domain


def open_house(actor: Actor, mark: str) -> House:
    """In scope: a row of each kind; the mark stands in every name."""
    settings = {"issuer": f"http://localhost:9/{mark}", "client_id": mark}
    provider = add_provider(actor=actor, kind=ProviderKind.OIDC, name=mark, settings=settings, secret=mark)
    domain = add_domain(actor=actor, name=f"{mark}.example.com")
    Account.objects.create(provider_id=provider.id, subject=mark, member_id=actor.member_id, groups=[mark])
    SpentAssertion.objects.create(provider_id=provider.id, digest=bytes(32), expires_at=now())
    return House(provider, domain)


def keeper_of(organization: Organization) -> Member:
    return new_member(organization, "administrator")


def add(organization: Organization, kind: str, **values: Any) -> Provider:
    given = {"name": f"Way {kind}", "settings": {}, "is_joining": True} | values
    with enter(organization.id):
        return add_provider(actor=actor_for(keeper_of(organization)), kind=kind, **given)


def with_openid(organization: Organization, peer: OpenIdProvider, **values: Any) -> Provider:
    """A provider of this organisation at which we are registered."""
    client_id = f"client-of-{organization.slug}"
    settings = {"issuer": peer.issuer, "client_id": client_id}
    provider = add(organization, ProviderKind.OIDC, settings=settings, secret=SECRET, group_claim="groups", **values)
    peer.register(client_id, HOST + reverse("federation:oidc-callback", args=[provider.id]))
    return provider


def with_saml(organization: Organization, peer: SamlProvider, **values: Any) -> Provider:
    return add(organization, ProviderKind.SAML, settings={"metadata": peer.metadata()}, group_claim="groups", **values)


def prove(organization: Organization, name: str) -> Domain:
    """A domain whose record was found."""
    with enter(organization.id):
        domain = Domain.objects.create(name=name, token="bailiwick=1")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE federation_domain SET verified_at = now(), checked_at = now() WHERE name = %s", [name]
            )
        return domain


def start(client: Client, provider: Provider, following: str = "") -> str:
    """Where the browser is sent when somebody chooses a way in."""
    query = {"next": following} if following else {}
    answer = client.get(reverse("federation:provided", args=[provider.organization.slug, provider.id]), query)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def come_by_openid(client: Client, provider: Provider, peer: OpenIdProvider, login: str, following: str = "") -> Any:
    """What we answer when the provider sends somebody's browser back."""
    back = urlsplit(peer.visit(login, start(client, provider, following)))
    return client.get(f"{back.path}?{back.query}")


def come_by_saml(client: Client, provider: Provider, peer: SamlProvider, following: str = "", **spoiled: Any) -> Any:
    """The same by SAML: the answer is posted from elsewhere, then our own page follows."""
    request_id, answer_url, relay = peer.asked(start(client, provider, following))
    audience = HOST + reverse("federation:saml-metadata", args=[provider.id])
    answer = peer.answer(request_id, answer_url, audience, **spoiled)
    elsewhere = Client(enforce_csrf_checks=True)  # the cookie of ours does not come along
    handed = elsewhere.post(urlsplit(answer_url).path, {"SAMLResponse": answer, "RelayState": relay})
    return client.get(handed["Location"]) if handed.status_code == 302 else handed


def sessions(organization: Organization) -> list[Session]:
    with enter(organization.id):
        return list(Session.objects.order_by("id"))


def people(organization: Organization) -> list[Member]:
    with enter(organization.id):
        return list(Member.objects.filter(kind="person").order_by("id"))


def refusals(organization: Organization) -> list[str]:
    with enter(organization.id):
        return [event.data["why"] for event in Event.objects.filter(verb="federation.sign_in.refused").order_by("id")]
