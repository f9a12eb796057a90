"""Keeping the ways in that are the organisation's own."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.outbound import AddressRefused, call, check_url
from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.gateways import saml
from bailiwick.kernel.federation.manifest import MANAGE
from bailiwick.kernel.federation.models import Provider
from bailiwick.kernel.identity.actions import require_fresh
from bailiwick.kernel.identity.choices import SessionEnd
from bailiwick.kernel.identity.models import Session


def add_provider(
    *,
    actor: Actor,
    kind: str,
    name: str,
    settings: Mapping[str, Any],
    secret: str = "",
    group_claim: str = "",
    is_joining: bool = False,
) -> Provider:
    """A new way in, open at once. For SAML a key of our own is made. Raises InvalidInput, NotReachable."""
    actor.require(MANAGE)
    require_fresh(actor)
    given = _read(kind, settings)
    with transaction.atomic(savepoint=False):
        _refuse_same_name(name)
        if kind == ProviderKind.SAML:
            secret, given["own_certificate"] = saml.make_own_key("Bailiwick")
        provider = Provider.objects.create(
            kind=kind, name=name, settings=given, secret=secret, group_claim=group_claim, is_joining=is_joining
        )
        provider.refresh_from_db()
        record(actor.ref, "federation.provider.added", provider, {"name": name, "kind": str(kind)})
        return provider


def change_provider(
    *,
    actor: Actor,
    provider_id: UUID,
    name: str,
    settings: Mapping[str, Any],
    secret: str = "",
    group_claim: str = "",
    is_joining: bool = False,
) -> Provider:
    """New settings; empty ones and an empty secret leave the present. Raises InvalidInput, NotFound, NotReachable.

    Who the peer is (issuer, entity) stays: another one would name other people by the same subjects.
    """
    actor.require(MANAGE)
    require_fresh(actor)
    with transaction.atomic(savepoint=False):
        provider = _lock(provider_id)
        if provider.is_active:
            _refuse_same_name(name, besides=provider_id)
        given = _read(provider.kind, settings or provider.settings)
        if provider.kind == ProviderKind.SAML:
            given["own_certificate"], secret = provider.settings["own_certificate"], ""
        _refuse_other_peer(provider, given)
        provider.name, provider.settings, provider.group_claim = name, given, group_claim
        provider.is_joining, provider.sync_error = is_joining, ""
        provider.secret = secret or provider.secret
        provider.save()
        record(actor.ref, "federation.provider.changed", provider, {"name": name})
        return provider


def _read(kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as they are kept; SAML metadata are read, and fetched where an address was given."""
    given = dict(settings)
    if kind == ProviderKind.OIDC:
        _check_address("issuer", given["issuer"])
    if kind == ProviderKind.SAML and "metadata" in given:
        text = given.pop("metadata").strip()
        if text.startswith("http"):
            _check_address("metadata", text)
            text = call("GET", text).content.decode("utf-8", "replace")
        try:
            given |= saml.read_metadata(text)
        except ValueError as failure:
            raise InvalidInput({"metadata": [_("These are not the metadata of an identity provider.")]}) from failure
        _check_address("metadata", given["sign_in_url"])
    return given


def _check_address(field: str, url: str) -> None:
    try:
        check_url(url)
    except AddressRefused as refusal:
        raise InvalidInput({field: [str(refusal)]}) from refusal


def _refuse_other_peer(provider: Provider, settings: Mapping[str, Any]) -> None:
    named = {ProviderKind.OIDC: ("issuer", "issuer"), ProviderKind.SAML: ("entity_id", "metadata")}
    name, field = named.get(ProviderKind(provider.kind), ("", ""))
    if name and settings.get(name) != provider.settings.get(name):
        raise InvalidInput({field: [_("This is another provider, with other people. Add it as one of its own.")]})


def switch_provider(*, actor: Actor, provider_id: UUID, is_active: bool) -> Provider:
    """Close a way in, which ends the sessions that came by it at once, or open it again. Raises NotFound."""
    actor.require(MANAGE)
    require_fresh(actor)
    with transaction.atomic(savepoint=False):
        provider = _lock(provider_id)
        if provider.is_active == is_active:
            return provider
        if is_active:
            _refuse_same_name(provider.name)
        provider.is_active = is_active
        provider.save(update_fields=["is_active"])
        if is_active:
            record(actor.ref, "federation.provider.opened", provider, {"name": provider.name})
        else:
            ended = _end_sessions(provider)
            record(actor.ref, "federation.provider.closed", provider, {"name": provider.name, "sessions": ended})
        return provider


def _end_sessions(provider: Provider) -> int:
    live = Session.objects.filter(provider_id=provider.id, ended_at=None)
    return live.update(ended_at=Now(), end=SessionEnd.PROVIDER)


def _refuse_same_name(name: str, besides: UUID | None = None) -> None:
    if Provider.objects.filter(name=name, is_active=True).exclude(id=besides).exists():
        raise InvalidInput({"name": [_("Another way in has this name. People could not tell them apart.")]})


def _lock(provider_id: UUID) -> Provider:
    provider = Provider.objects.select_for_update().filter(id=provider_id).first()
    if provider is None:
        raise NotFound
    return provider
