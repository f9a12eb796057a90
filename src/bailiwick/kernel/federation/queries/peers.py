"""How a provider is spoken to, and whether it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.gateways import ldap, oidc, saml
from bailiwick.kernel.federation.models import Provider
from bailiwick.kernel.federation.values import OidcClient, SamlPeer


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried with a provider."""

    is_good: bool
    sentence: str


def oidc_client(provider: Provider, redirect_uri: str) -> OidcClient:
    return OidcClient(
        issuer=provider.settings["issuer"],
        client_id=provider.settings["client_id"],
        client_secret=provider.secret,
        redirect_uri=redirect_uri,
        group_claim=provider.group_claim,
    )


def saml_peer(provider: Provider, own_entity_id: str, own_answer_url: str) -> SamlPeer:
    return SamlPeer(
        entity_id=provider.settings["entity_id"],
        sign_in_url=provider.settings["sign_in_url"],
        certificates=tuple(provider.settings["certificates"]),
        own_entity_id=own_entity_id,
        own_answer_url=own_answer_url,
        own_certificate=provider.settings["own_certificate"],
        own_key=provider.secret,
        group_claim=provider.group_claim,
    )


def try_provider(provider: Provider) -> list[Finding]:
    """Whether it answers as its settings say; whom it vouches for is seen by signing in."""
    ways: dict[str, Callable[[Provider], list[Finding]]] = {
        ProviderKind.OIDC: _try_oidc,
        ProviderKind.SAML: _try_saml,
        ProviderKind.LDAP: _try_ldap,
    }
    try:
        return ways[provider.kind](provider)
    except DomainError as failure:
        return [Finding(False, str(failure))]


def _try_oidc(provider: Provider) -> list[Finding]:
    published = oidc.discover(provider.settings["issuer"], anew=True)
    count = len(oidc.fetch_keys(published, anew=True).keys)
    told = ngettext("It publishes a key that we can check with.", "It publishes %(count)d keys to check with.", count)
    return [
        Finding(True, _("The provider tells where people sign in: %(url)s") % _url(published)),
        Finding(count > 0, told % {"count": count}),
    ]


def _url(published: dict[str, Any]) -> dict[str, str]:
    return {"url": str(published["authorization_endpoint"])[:200]}


def _try_saml(provider: Provider) -> list[Finding]:
    ends = [saml.certificate_ends(each) for each in provider.settings["certificates"]]
    dates = ", ".join(date_format(each, pgettext("date", "j M Y")) for each in ends)
    return [
        Finding(True, _("People sign in at %(url)s") % {"url": provider.settings["sign_in_url"]}),
        Finding(max(ends) > now(), _("The provider's certificates end: %(dates)s") % {"dates": dates}),
    ]


def _try_ldap(provider: Provider) -> list[Finding]:
    ldap.check(provider)
    return [Finding(True, _("The directory answers, and both bases are there."))]
