"""Providers and domains: what their keepers see, and what the doors ask."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.audit.queries import list_events
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.manifest import MANAGE
from bailiwick.kernel.federation.models import Account, Domain, Provider
from bailiwick.kernel.federation.rules.vouching import read_mail
from bailiwick.kernel.identity.models import Session

REFUSALS = 10


def list_providers(actor: Actor) -> QuerySet[Provider]:
    """All of the organisation, for whoever keeps them."""
    actor.require(MANAGE)
    return Provider.objects.all()


def get_provider(actor: Actor, provider_id: UUID) -> Provider:
    """Raises NotFound."""
    provider = list_providers(actor).filter(id=provider_id).first()
    if provider is None:
        raise NotFound
    return provider


def count_accounts(actor: Actor, provider_ids: list[UUID]) -> dict[UUID, int]:
    """How many people each provider has vouched for."""
    actor.require(MANAGE)
    counted = Account.objects.filter(provider_id__in=provider_ids).values_list("provider_id").annotate(Count("id"))
    return dict.fromkeys(provider_ids, 0) | dict(counted)


def list_refusals(actor: Actor, provider_id: UUID) -> list[Event]:
    """What was wrong with answers of a provider, the newest first; a few."""
    actor.require(MANAGE)
    refused = list_events(provider_id).filter(verb="federation.sign_in.refused")
    return list(refused.order_by("-id")[:REFUSALS])


def list_domains(actor: Actor) -> QuerySet[Domain]:
    """Those that the organisation says are its own, proved or not."""
    actor.require(MANAGE)
    return Domain.objects.filter(removed_at=None)


def get_domain(actor: Actor, domain_id: UUID) -> Domain:
    """Raises NotFound."""
    domain = list_domains(actor).filter(id=domain_id).first()
    if domain is None:
        raise NotFound
    return domain


# What is asked while nobody is signed in.


def find_route(mail: str) -> str:
    """The slug of the organisation whose own sign-in a mail address leads to, or ""."""
    _address, domain = read_mail(mail)
    return str(_ask("SELECT federation_route(%s)", domain) or "") if domain else ""


def find_place(provider_id: UUID) -> UUID | None:
    """The organisation of an active provider."""
    return _ask("SELECT federation_provider_organization(%s)", provider_id)


def _ask(statement: str, value: UUID | str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, [value])
        return cursor.fetchone()[0]


def list_ways_in() -> list[Provider]:
    """The active providers of the organisation in scope, in the order in which its door shows them."""
    return list(Provider.objects.filter(is_active=True).order_by("name", "id"))


def find_way_in(provider_id: UUID, *kinds: ProviderKind) -> Provider | None:
    """An active provider of the organisation in scope."""
    return Provider.objects.filter(id=provider_id, is_active=True, kind__in=kinds or list(ProviderKind)).first()


def find_way_in_of(actor: Actor) -> Provider | None:
    """The provider by which somebody came into their present session, if it was one."""
    session = Session.objects.filter(id=actor.session_id).first() if actor.session_id else None
    return find_way_in(session.provider_id) if session and session.provider_id else None


def list_verified_ids() -> list[UUID]:
    """The domains that the organisation in scope has proved."""
    proved = Domain.objects.filter(removed_at=None).exclude(verified_at=None)
    return list(proved.order_by("id").values_list("id", flat=True))


def is_verified(domain: str) -> bool:
    """Whether the organisation in scope has proved that a mail domain is its own."""
    return Domain.objects.filter(name=domain, removed_at=None).exclude(verified_at=None).exists()
